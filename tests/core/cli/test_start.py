import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core import store
from core.analysis.start.stored import Stored, stored_survey, stored_surveys
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


def test_tables_summary_and_manifest_are_there(folder: Path) -> None:
    found = Stored(folder)
    assert found.images["index"].tolist() == list(range(12))
    assert len(found.channels) == 32
    assert found.summary["n"] == 12
    assert len(pd.read_csv(folder / "claims.csv")) == 4
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_the_manifest_says_what_it_was_made_of(folder: Path) -> None:
    """REP-4."""
    manifest = Stored(folder).manifest
    assert manifest["model"] == {"name": "digits-vgg16-adv", "sha256": load_card("digits-vgg16-adv").sha256}
    assert (manifest["data"]["name"], manifest["data"]["split"]) == ("digits", "test")
    assert len(manifest["data"]["sha256"]) == 64
    assert (manifest["n"], manifest["seed"], manifest["label"]) == (12, 1, "true")
    assert (manifest["bottleneck"]["steps"], manifest["bottleneck"]["cut"]) == (5, "conv5_3")
    assert (manifest["attack"]["name"], manifest["attack"]["threat"]["epsilon"]) == ("pgd", 0.1)
    assert {"torch", "numpy", "python"} <= set(manifest["versions"])
    assert manifest["made"].startswith("20")


def test_its_command_makes_the_same_tables(folder: Path, tmp_path: Path) -> None:
    command = Stored(folder).manifest["command"].split()
    assert command[:3] == ["python", "-m", "core"]
    assert main([*command[3:], "--out", str(tmp_path / "again")]) == 0
    pd.testing.assert_frame_equal(Stored(tmp_path / "again").images, Stored(folder).images)
    assert Stored(tmp_path / "again").summary == Stored(folder).summary


def test_an_embedded_set_stores_the_first_screens_image(folder: Path) -> None:
    found = Stored(folder).start
    assert found is not None
    assert found["rule"].startswith("the first test image")
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in found["pictures"].values())
    assert set(found["controls"]) == {"every_label", "random_mask", "random_network"}


def test_it_is_found_by_its_models_name(folder: Path) -> None:
    assert stored_surveys() == {"digits-vgg16-adv": folder}
    assert stored_survey("digits-vgg16-adv").manifest["kind"] == "start"


def test_json_is_the_summary_and_nothing_else(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    assert main(["start", "digits-vgg16-adv", *FAST, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["model"] == "digits-vgg16-adv"
    assert all(set(claim["controls"]) == {"wrong_label", "random_mask", "random_network"} for claim in found["claims"])
    made = list((runs / "start").iterdir())
    assert len(made) == 1
    assert Stored(made[0]).summary["claims"] == found["claims"]


def test_the_table_says_what_was_supplied(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["start", "digits-vgg16-adv", *FAST, "--out", str(tmp_path / "a")]) == 0
    out = capsys.readouterr().out
    assert "first 12 test images, true label supplied" in out
    assert all(column in out for column in ("wrong label echoed", "random mask", "random network"))


def test_no_image_of_cifar10_is_stored(cifar10_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "start"
    assert main(["start", "cifar10-vgg16-adv", *FAST, "--root", str(cifar10_root), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "channels.parquet", "claims.csv", "images.parquet", "manifest.json", "summary.json",
    ]  # fmt: skip
    assert Stored(out).start is None


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
