import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import store
from core.analysis.results import StoredResult, stored_results
from core.cli import main
from core.models import ModelCard, load_card, random_twin, save_model

FAST = ("--steps", "5", "--n", "12")


def save(data: str, folder: Path) -> None:
    """A small untrained network as if it had been trained on `data`."""
    card = ModelCard(
        name=f"{data}-vgg16-adv",
        network="vgg16",
        width=0.0625,
        num_classes=10,
        image_size=32,
        cut="conv5_3",
        data=data,
        class_names=tuple("0123456789"),
        epsilon=0.1,
        defense="adv",
    )
    save_model(random_twin(card, seed=1), card, folder / data)


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of runs with a model of digits and one of CIFAR-10; nothing shipped."""
    folder = tmp_path_factory.mktemp("start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder))
        patch.setattr(store, "MODELS", folder / "none")
        patch.setattr(store, "RESULTS", folder / "shipped")
        save("digits", folder / "train")
        save("cifar10", folder / "train")
        yield folder


@pytest.fixture(scope="module")
def folder(runs: Path) -> Path:
    """A survey of the model of digits."""
    out = runs / "shipped" / "digits-vgg16-adv" / "start"
    assert main(["start", "digits-vgg16-adv", *FAST, "--seed", "1", "--out", str(out)]) == 0
    return out


def test_tables_and_summary_are_there(folder: Path) -> None:
    found = StoredResult(folder)
    assert found.table("images")["index"].tolist() == list(range(12))
    assert len(found.table("channels")) == 32
    assert found.summary["n"] == 12
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_it_says_what_it_was_made_of(folder: Path) -> None:
    """REP-4."""
    found = StoredResult(folder)
    assert found.manifest["model"]["sha256"] == load_card("digits-vgg16-adv").sha256
    assert (found.manifest["kind"], found.manifest["data"]["name"], found.manifest["data"]["n"]) == (
        "start",
        "digits",
        12,
    )
    assert (found.config["n"], found.config["seed"]) == (12, 1)
    assert (found.config["bottleneck"]["steps"], found.config["bottleneck"]["cut"]) == (5, "conv5_3")
    assert (found.config["attack"]["kind"], found.config["attack"]["threat"]["epsilon"]) == ("PGD", 0.1)


def test_an_embedded_set_keeps_the_first_screens_image(folder: Path) -> None:
    found = StoredResult(folder)
    assert found.summary["opening"]["rule"].startswith("the first test image")
    for name in ("clean", "adversarial", "difference"):
        assert found.array(name).tobytes().startswith(b"\x89PNG")


def test_it_is_found_by_its_models_name(folder: Path) -> None:
    assert stored_results("start") == {"digits-vgg16-adv": folder}


def test_json_is_the_summary_and_nothing_else(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    assert main(["start", "digits-vgg16-adv", *FAST, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["model"] == "digits-vgg16-adv"
    assert all(set(claim["controls"]) == {"wrong_label", "random_mask", "random_network"} for claim in found["claims"])
    (made,) = (runs / "start").iterdir()
    assert StoredResult(made).summary["claims"] == found["claims"]


def test_the_table_says_what_was_supplied(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["start", "digits-vgg16-adv", *FAST, "--out", str(tmp_path / "a")]) == 0
    out = capsys.readouterr().out
    assert "first 12 test images, given the true label" in out
    assert all(column in out for column in ("wrong label repeated", "random mask", "random network"))


def test_no_image_of_cifar10_is_stored(cifar10_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "start"
    assert main(["start", "cifar10-vgg16-adv", *FAST, "--root", str(cifar10_root), "--out", str(out)]) == 0
    assert {path.suffix for path in out.iterdir()} == {".parquet", ".json"}
    assert StoredResult(out).summary["opening"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "Unknown model 'nothing'"),
        (["digits-vgg16-adv", "--n", "0"], "has 500 images, got n = 0"),
        (["digits-vgg16-adv", "--n", "501"], "has 500 images, got n = 501"),
        (["digits-vgg16-adv", "--attack", "none"], "Unknown attack 'none'"),
        (["digits-vgg16-adv", "--beta", "-1"], "Beta must be"),
        (["digits-vgg16-adv", "--cut", "conv1"], "Unknown cut 'conv1'"),
        (["cifar10-vgg16-adv", "--root", "NOTHING"], "python -m core data fetch cifar10"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    given = [str(tmp_path / "nothing") if argument == "NOTHING" else argument for argument in arguments]
    assert main(["start", *given, "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.splitlines()[-1].startswith("error: ")
    assert not list(tmp_path.iterdir())
