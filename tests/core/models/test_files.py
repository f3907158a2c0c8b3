"""Models on disk: what is written comes back; what is damaged, foreign or hostile is refused in a sentence (CKP-3)."""

import json
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from core import store
from core.config import to_dict
from core.errors import InputError
from core.models import (
    ModelCard,
    Staged,
    available_models,
    build_model,
    load_card,
    load_model,
    random_twin,
    save_model,
)
from core.seeding import generator, seeded
from core.types import Accuracy

CARD = ModelCard(
    name="toy-vgg16-adv",
    network="vgg16",
    width=0.02,
    num_classes=3,
    image_size=32,
    cut="conv5_3",
    data="toy",
    class_names=("a", "b", "<script>alert(1)</script>"),
    epsilon=0.03,
    defense="adv",
    recipe={"epochs": 3},
    command="python -m core train",
    clean_accuracy=Accuracy(value=0.5, n=100, low=0.4, high=0.6),
    robust_accuracy=Accuracy(value=0.25, n=100, low=0.2, high=0.3, attack={"name": "pgd"}),
)


@pytest.fixture
def network() -> Staged:
    with seeded(0, "network"):
        return build_model("vgg16", num_classes=3, image_size=32, width=0.02)


@pytest.fixture
def saved(network: Staged, tmp_path: Path) -> Path:
    """The path of a saved model's card."""
    save_model(network, CARD, tmp_path)
    return tmp_path / f"{CARD.name}.json"


@pytest.fixture
def x() -> Tensor:
    return torch.rand(5, 3, 32, 32, generator=generator(0))


def rewrite(card: Path, **changes: Any) -> None:
    data = json.loads(card.read_text())
    card.write_text(json.dumps({**data, **changes}))


def sentence(path: Path | str, **options: Any) -> str:
    """What loading says; one sentence, short enough to read."""
    with pytest.raises(InputError) as caught:
        load_model(path, **options)
    said = str(caught.value)
    assert len(said) < 600
    assert "\n" not in said
    return said


def test_weights_and_card_come_back(network: Staged, saved: Path, x: Tensor) -> None:
    model = load_model(saved)
    assert torch.equal(model(x), network.eval()(x))
    assert not any(module.training for module in model.modules())
    assert not any(p.requires_grad for p in model.parameters())
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    card = load_card(saved)
    assert card == replace(CARD, sha256=card.sha256, versions=card.versions, made=card.made)
    assert card.versions["torch"].split("+")[0] == torch.__version__.split("+")[0]


def test_a_path_may_be_the_card_the_weights_or_the_folder(saved: Path) -> None:
    for path in (saved, str(saved), saved.with_suffix(".safetensors"), saved.parent):
        assert load_card(path).name == CARD.name


def test_loading_draws_no_random_number(saved: Path) -> None:
    before = torch.get_rng_state()
    load_model(saved)
    random_twin(CARD)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_cut_of_the_card_is_the_default(network: Staged, tmp_path: Path, x: Tensor) -> None:
    save_model(network, replace(CARD, cut="conv4_2"), tmp_path)
    model = load_model(tmp_path)
    assert torch.equal(model.features(x), model.features(x, "conv4_2"))


def test_half_precision_halves_the_file_of_rounded_weights(network: Staged, tmp_path: Path, x: Tensor) -> None:
    rounded = network.half().float().eval()
    for dtype in ("float32", "float16"):
        assert save_model(rounded, replace(CARD, dtype=dtype), tmp_path / dtype).dtype == dtype
        model = load_model(tmp_path / dtype)
        assert torch.equal(model(x), rounded(x))
        assert {p.dtype for p in model.parameters()} == {torch.float32}
    whole, half = ((tmp_path / dtype / f"{CARD.name}.safetensors").stat().st_size for dtype in ("float32", "float16"))
    assert half < 0.7 * whole  # the header is as long as before


@pytest.mark.parametrize(
    ("number", "dtype", "said"),
    [
        (1e6, "float16", "not finite in float16"),
        (float("nan"), "float32", "not finite in float32"),
        (float("inf"), "float32", "not finite in float32"),
        (0.1, "float16", "change in float16"),
    ],
)
def test_weights_that_the_file_cannot_hold_are_not_saved(
    network: Staged, tmp_path: Path, number: float, dtype: str, said: str
) -> None:
    network.half().float()
    with torch.no_grad():
        next(network.parameters()).view(-1)[0] = number
    with pytest.raises(InputError, match=said):
        save_model(network, replace(CARD, dtype=dtype), tmp_path)
    assert not list(tmp_path.iterdir())


def test_channels_last_weights_are_stored_too(network: Staged, tmp_path: Path, x: Tensor) -> None:
    save_model(network.to(memory_format=torch.channels_last), CARD, tmp_path)
    torch.testing.assert_close(load_model(tmp_path)(x), network.eval()(x))


def test_weights_that_do_not_fit_the_card_are_not_saved(network: Staged, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="where its network has"):
        save_model(network, replace(CARD, width=0.04), tmp_path)
    assert not list(tmp_path.iterdir())


# What is damaged


def flip_a_bit(weights: Path) -> None:
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)


def truncate(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-100])


def empty(weights: Path) -> None:
    weights.write_bytes(b"")


def garbage(weights: Path) -> None:
    weights.write_bytes(b"\xff" * weights.stat().st_size)


def few_bytes(weights: Path) -> None:
    weights.write_bytes(b"abc")


def append(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes() + b"x")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flip_a_bit, "do not have the hash"),
        (truncate, "truncated"),
        (empty, "empty file"),
        (garbage, "truncated, or of another network"),
        (few_bytes, "truncated"),
        (append, "truncated, or of another network"),
        (Path.unlink, "no weights"),
    ],
)
def test_damaged_weights_are_refused(saved: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(saved.with_suffix(".safetensors"))
    message = sentence(saved)
    assert said in message
    assert "train it again" in message


def test_another_networks_weights_are_refused(saved: Path) -> None:
    rewrite(saved, network="wrn28_10", cut="norm")
    assert "of another network" in sentence(saved)


def vouched_for(saved: Path, state: dict[str, Tensor]) -> None:
    """Replace the weights by `state`, with a card that states their hash."""
    import hashlib

    data = safetensors.torch.save(state)
    saved.with_suffix(".safetensors").write_bytes(data)
    rewrite(saved, sha256=hashlib.sha256(data).hexdigest())


def test_equal_bytes_in_other_shapes_are_refused(network: Staged, saved: Path) -> None:
    state = {name: t.contiguous() for name, t in network.state_dict().items()}
    name = next(iter(state))
    vouched_for(saved, {**state, name: state[name].reshape(-1)})
    assert f"have {name} as" in sentence(saved)


def test_equal_bytes_under_other_names_are_refused(network: Staged, saved: Path) -> None:
    state = {name: t.contiguous() for name, t in network.state_dict().items()}
    name = next(iter(state))
    vouched_for(saved, {("x" if key == name else key): t for key, t in state.items()})
    assert "(2 in all)" in sentence(saved)


def test_a_vouched_for_file_that_is_not_safetensors_is_refused(saved: Path) -> None:
    import hashlib

    weights = saved.with_suffix(".safetensors")
    original = weights.read_bytes()
    header = int.from_bytes(original[:8], "little")
    data = original[:8] + b"?" * header + original[8 + header :]
    weights.write_bytes(data)
    rewrite(saved, sha256=hashlib.sha256(data).hexdigest())
    assert "not a safetensors file" in sentence(saved)


def test_a_model_of_another_data_set_is_refused(saved: Path) -> None:
    assert "trained on toy, not on cifar10" in sentence(saved, expect_data="cifar10")
    load_model(saved, expect_data="toy")


def test_a_missing_card_is_refused(saved: Path) -> None:
    saved.unlink()
    assert "has no card" in sentence(saved)
    assert "found 0" in sentence(saved.parent)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not whole JSON"),
        ('{"name": "toy', "not whole JSON"),
        ("[1, 2]", "Expected an object"),
        ("null", "Expected an object"),
        ("{}", "missing"),
        ("[" * 100_000, "not whole JSON"),
        ("\x00\xff", "not whole JSON"),
        (" " * (1 << 20) + " ", "larger than any card"),
    ],
    ids=range(8),
)
def test_what_is_not_a_card_is_refused(saved: Path, text: str, said: str) -> None:
    saved.write_bytes(text.encode("latin-1"))
    assert said in sentence(saved)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 1e9}, "width must be"),
        ({"width": 8}, "truncated, or of another network"),
        ({"width": "0.25"}, "width expects float"),
        ({"width": True}, "width expects float"),
        ({"width": None}, "width expects float"),
        ({"width": float("nan")}, "NaN is not JSON"),
        ({"epsilon": float("inf")}, "Infinity is not JSON"),
        ({"num_classes": 10**30}, "num_classes must be"),
        ({"num_classes": 3.0}, "num_classes expects int"),
        ({"image_size": 40}, "multiple of 32"),
        ({"name": "../../outside"}, "name must be"),
        ({"name": "other"}, "belongs to a model named"),
        ({"network": "resnet"}, "Unknown network"),
        ({"network": ["vgg16"]}, "network expects str"),
        ({"cut": "nowhere"}, "Unknown cut of vgg16"),
        ({"class_names": "abc"}, "class_names expects tuple"),
        ({"class_names": [1, 2, 3]}, "class_names expects str"),
        ({"recipe": []}, "recipe expects dict"),
        ({"clean_accuracy": 0.5}, "Expected an object"),
        ({"clean_accuracy": {"value": 2, "n": 1, "low": 0, "high": 1}}, "clean_accuracy must be"),
        ({"sha256": "0" * 64}, "do not have the hash"),
        ({"sha256": ""}, "do not have the hash"),
        ({"dtype": "float16"}, "truncated, or of another network"),
        ({"dtype": "object"}, "dtype must be"),
        ({"extra": 1}, "has no field extra"),
    ],
    ids=str,
)
def test_hostile_cards_are_refused(saved: Path, changes: dict[str, Any], said: str) -> None:
    rewrite(saved, **changes)
    assert said in sentence(saved)


def test_nothing_large_is_allocated_for_a_hostile_card(saved: Path) -> None:
    """Eight times the width is 3.7 GB of weights; the claim must not cost memory."""
    rewrite(saved, width=8, num_classes=10_000)
    rewrite(saved, class_names=["c"] * 10_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sentence(saved)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KB


def test_script_like_class_names_stay_text(saved: Path) -> None:
    assert load_card(saved).class_names[2] == "<script>alert(1)</script>"


# Names


@pytest.fixture
def project(network: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one shipped model, one run of the same name, two runs of another, and files that are no models."""
    monkeypatch.setattr(store, "MODELS", tmp_path / "models")
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    save_model(network, CARD, store.MODELS)
    save_model(network, replace(CARD, notes="a run"), tmp_path / "runs/train/first")
    for order, folder in enumerate(("old", "new")):
        save_model(network, replace(CARD, name="second", notes=folder), tmp_path / f"runs/train/{folder}")
        os.utime(tmp_path / f"runs/train/{folder}/second.json", (1000 + order, 1000 + order))
    store.write_json(tmp_path / "runs/train/new/manifest.json", {})
    return tmp_path


def test_shipped_models_come_before_runs_and_new_runs_before_old(project: Path) -> None:
    assert list(available_models()) == [CARD.name, "second"]
    assert available_models()[CARD.name].parent == store.MODELS
    assert load_card("second").notes == "new"
    load_model("second")


def test_names_may_hold_dots(network: Staged, tmp_path: Path) -> None:
    save_model(network, replace(CARD, name="toy-0.02"), tmp_path)
    for path in ("toy-0.02", "toy-0.02.json", "toy-0.02.safetensors"):
        assert load_card(tmp_path / path).name == "toy-0.02"
        load_model(str(tmp_path / path))


@pytest.mark.parametrize("path", ["~nobody-of-this-name/x", "/" + "x" * 5000, "/a\x00b.json", "/nowhere/x.json", "/"])
def test_impossible_paths_are_refused(path: str) -> None:
    assert any(part in sentence(path) for part in ("cannot be opened", "no card", "found 0"))


@pytest.mark.parametrize("name", ["secnd", "..", "", "manifest", "../models/toy-vgg16-adv", "a\x00b", "x" * 5000])
def test_unknown_names_are_refused(project: Path, name: str) -> None:
    said = sentence(name)
    assert ("Unknown model" in said and "train --help" in said) or "no card" in said


def test_no_models_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MODELS", tmp_path / "none")
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "none either"))
    assert available_models() == {}
    assert "known are none" in sentence("any")


# The control


def test_random_twin_has_the_shape_and_none_of_the_weights(saved: Path) -> None:
    model, twin = load_model(saved), random_twin(load_card(saved), seed=1)
    moved = replace(CARD, cut="conv4_2")
    assert random_twin(moved).default_cut == "conv4_2"
    shapes = {name: t.shape for name, t in model.state_dict().items()}
    assert {name: t.shape for name, t in twin.state_dict().items()} == shapes
    assert not torch.equal(next(twin.parameters()), next(model.parameters()))
    assert torch.equal(next(twin.parameters()), next(random_twin(CARD, seed=1).parameters()))
    assert not torch.equal(next(twin.parameters()), next(random_twin(CARD, seed=2).parameters()))
    assert not twin.training
    assert twin.default_cut == CARD.cut


def test_a_card_survives_its_json(saved: Path) -> None:
    assert to_dict(load_card(saved)) == json.loads(saved.read_text())
