import json
from pathlib import Path

import pytest

from core.cli import main
from core.datasets import load_dataset
from core.models import ModelCard, build_model, save_model
from core.seeding import seeded


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of a narrow network for digits with random weights, whose bias makes it say "3" whatever it sees."""
    data, folder = load_dataset("digits"), tmp_path_factory.mktemp("model")
    with seeded(0, "model"):
        network = build_model("vgg16", num_classes=10, image_size=32, width=0.02)
    network.stages["classifier"].linear.bias.data[3] = 1.0
    card = ModelCard(
        name="digits-vgg16-toy",
        network="vgg16",
        width=0.02,
        num_classes=10,
        image_size=32,
        cut="conv5_3",
        data="digits",
        class_names=data.class_names,
        epsilon=0.1,
        defense="standard",
    )
    save_model(network, card, folder)
    return str(folder)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main(["evaluate", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_is_one_object_with_everything_a_table_needs(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "40", "--attacks", "fgsm,pgd", "--epsilon", "0.5", "--steps", "2")
    threes = (load_dataset("digits").labels[:40] == 3).float().mean().item()
    assert said["clean"]["value"] == pytest.approx(threes)
    assert (said["model"], said["data"], said["n"], said["seed"]) == ("digits-vgg16-toy", "digits", 40, 0)
    assert len(said["model_sha256"]) == 64
    assert {"versions", "made", "split"} <= said.keys()
    fgsm, pgd = said["attacks"]
    assert (fgsm["name"], fgsm["steps"], fgsm["step_size"]) == ("fgsm", 1, 0.5)
    assert (pgd["name"], pgd["steps"], pgd["step_size"]) == ("pgd", 2, pytest.approx(2.3 * 0.5 / 2))
    for row in (fgsm, pgd):
        assert (row["norm"], row["epsilon"], row["accuracy"]["n"]) == ("linf", 0.5, 40)
        assert row["accuracy"]["low"] <= row["accuracy"]["value"] <= row["accuracy"]["high"]
        assert row["gradient_evaluations"] == row["steps"] * round(40 * threes)
        assert row["turned"] == round(40 * (threes - row["accuracy"]["value"]))
        assert (row["linf"] is None) == (row["l2"] is None) == (row["turned"] == 0)
        assert row["seconds"] >= 0
    assert said["worst_case"]["value"] <= min(fgsm["accuracy"]["value"], pgd["accuracy"]["value"])
    assert said["worst_case"]["attack"]["over"] == ["fgsm", "pgd"]


def test_the_cards_epsilon_is_the_default_and_l2_needs_one(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, model, "--n", "5", "--attacks", "fgsm")["attacks"][0]["epsilon"] == 0.1
    said = answer(capsys, model, "--n", "5", "--attacks", "pgd", "--steps", "1", "--norm", "l2", "--epsilon", "2")
    assert (said["attacks"][0]["norm"], said["attacks"][0]["epsilon"]) == ("l2", 2.0)


def test_zero_is_an_epsilon(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "30", "--attacks", "fgsm,bim,pgd", "--steps", "1", "--epsilon", "0")
    assert {row["accuracy"]["value"] for row in said["attacks"]} == {said["clean"]["value"]}
    assert {row["turned"] for row in said["attacks"]} == {0}


def test_more_images_than_there_are_take_all(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "1000000", "--attacks", "fgsm")
    assert said["n"] == said["clean"]["n"] == len(load_dataset("digits"))


def test_the_table_names_model_data_n_and_threat(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", model, "--n", "10", "--attacks", "fgsm"]) == 0
    out = capsys.readouterr().out
    said = " ".join(out.split())
    for words in ("digits-vgg16-toy", "first 10 test images of digits", "linf 0.1", "fgsm", "worst case"):
        assert words in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--n", "0"], "at least 1 image, got --n 0"),
        (["--batch-size", "0"], "got --batch-size 0"),
        (["--attacks", ","], "at least one attack"),
        (["--attacks", "fgsm,pdg"], "Did you mean 'pgd'"),
        (["--epsilon", "-1"], "at least 0, got -1"),
        (["--epsilon", "nan"], "finite number"),
        (["--epsilon", "8"], "up to 1, not 8"),
        (["--norm", "l2"], "give --epsilon"),
        (["--steps", "0"], "at least 1 step, got 0"),
        (["--data", "shapes"], "choose a model of shapes"),
        (["--data", "digts"], "Did you mean 'digits'"),
        (["--device", "tpu"], "Unknown device 'tpu'"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    model: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", model, "--n", "5", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err


def test_unknown_models_and_missing_data_are_refused(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "no-such-model"]) == 2
    assert "Unknown model 'no-such-model'" in capsys.readouterr().err
    assert main(["evaluate", model, "--data", "cifar10", "--root", str(tmp_path)]) == 2
    assert "data fetch cifar10" in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate", "--help"])
    assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert "python -m core evaluate shapes-vgg16-adv" in out
    assert "misclassified from the start" in out
