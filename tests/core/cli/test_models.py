import json
from dataclasses import replace
from pathlib import Path

import pytest

from core import store
from core.cli import main
from core.config import from_dict
from core.models import ModelCard, build_model, load_card, save_model
from core.seeding import seeded
from core.types import Accuracy

CARD = ModelCard(
    name="toy-vgg16-adv",
    network="vgg16",
    width=0.02,
    num_classes=3,
    image_size=32,
    cut="conv5_3",
    data="toy",
    class_names=("[red]a[/red]", "b", "c"),
    epsilon=0.03,
    defense="adv",
    recipe={"epochs": 3},
    clean_accuracy=Accuracy(value=0.5, n=100, low=0.4, high=0.6),
    robust_accuracy=Accuracy(
        value=0.25,
        n=100,
        low=0.2,
        high=0.3,
        attack={"name": "pgd", "steps": 10, "threat": {"norm": "linf", "epsilon": 12 / 255}},
    ),
)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with two models, one of which has lost half of its card."""
    monkeypatch.setattr(store, "MODELS", tmp_path / "models")
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    with seeded(0, "network"):
        network = build_model("vgg16", num_classes=3, image_size=32, width=0.02)
    save_model(network, CARD, store.MODELS)
    save_model(network, replace(CARD, name="torn"), store.MODELS)
    torn = store.MODELS / "torn.json"
    torn.write_text(torn.read_text()[:50])
    return store.MODELS


def test_the_list_shows_accuracy_with_interval_and_attack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    said = capsys.readouterr()
    words = " ".join(said.out.replace("│", " ").split())
    for part in ("toy-vgg16-adv", "0.500", "0.250", "pgd 10"):
        assert part in words
    assert "torn" in said.err
    assert "not whole JSON" in " ".join(said.err.split())


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [from_dict(ModelCard, card) for card in said["models"]] == [load_card(CARD.name)]
    assert list(said["broken"]) == ["torn"]


def test_one_card(capsys: pytest.CaptureFixture[str], models: Path) -> None:
    assert main(["models", "toy-vgg16-adv", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((models / "toy-vgg16-adv.json").read_text())
    assert main(["models", str(models / "toy-vgg16-adv.json")]) == 0
    out = capsys.readouterr().out
    assert "[red]a[/red], b, c" in out, "class names are text, not markup"
    assert "0.250 (0.200-0.300) of 100 test images pgd 10 linf 0.0471" in out
    assert said["sha256"][:20] in out


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("toy-vgg16-avd", "Did you mean 'toy-vgg16-adv'"), ("torn", "not whole JSON"), ("../../x.json", "has no card")],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    name: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", name]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert sentence in said.err


def test_a_card_whose_attack_is_nonsense_is_still_shown(capsys: pytest.CaptureFixture[str], models: Path) -> None:
    card = json.loads((models / "toy-vgg16-adv.json").read_text())
    card["robust_accuracy"]["attack"] = {"threat": [1], "name": {"a": 1}}
    (models / "toy-vgg16-adv.json").write_text(json.dumps(card))
    assert main(["models"]) == 0
    assert main(["models", "toy-vgg16-adv"]) == 0
    assert "0.250" in capsys.readouterr().out


def test_no_model_at_hand_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "MODELS", tmp_path / "none")
    assert main(["models"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "python -m core train" in " ".join(said.err.split())
