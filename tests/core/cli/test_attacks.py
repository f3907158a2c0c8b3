import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest

from core.analysis import attacked
from core.attacks.diagnostics import CHECKS
from core.cli import main
from core.datasets import load_dataset
from core.models import ModelCard, build_model, save_model
from core.seeding import seeded
from core.store import PROJECT


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
    assert main(["attacks", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_is_one_object_with_everything_a_table_needs(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "40", "--attacks", "fgsm,pgd:steps=2,cw:steps=4", "--epsilon", "0.5")
    threes = (load_dataset("digits").labels[:40] == 3).float().mean().item()
    assert said["clean"]["value"] == pytest.approx(threes)
    assert (said["model"], said["data"], said["n"], said["seed"]) == ("digits-vgg16-toy", "digits", 40, 0)
    assert len(said["model_sha256"]) == 64
    assert {"versions", "made", "split", "folder", "device", "batch_size", "config"} <= said.keys()
    assert said["diagnostics"] is None
    (fgsm, pgd), (cw,) = said["bounded"], said["minimal_norm"]
    assert (fgsm["label"], fgsm["steps"], fgsm["step_size"]) == ("fgsm", 1, 0.5)
    assert (pgd["label"], pgd["steps"], pgd["step_size"]) == ("pgd steps=2", 2, pytest.approx(2.3 * 0.5 / 2))
    assert (cw["label"], cw["name"], cw["steps"], cw["restarts"]) == ("cw steps=4", "cw", 4, 1)
    assert (cw["norm"], cw["epsilon"], cw["step_size"]) == ("l2", None, None)
    for row in (fgsm, pgd, cw):
        assert row["accuracy"]["n"] == 40
        assert row["accuracy"]["low"] <= row["accuracy"]["value"] <= row["accuracy"]["high"]
        assert row["gradients"] == row["forwards"] == row["steps"] * round(40 * threes)
        assert row["turned"] == round(40 * (threes - row["accuracy"]["value"]))
        assert (row["linf"] is None) == (row["l2"] is None) == (row["turned"] == 0)
        assert row["seconds"] >= 0
    for row in (fgsm, pgd):
        assert (row["norm"], row["epsilon"], row["restarts"]) == ("linf", 0.5, 1)
    assert said["worst_case"]["value"] <= min(fgsm["accuracy"]["value"], pgd["accuracy"]["value"])
    assert said["worst_case"]["over"] == ["fgsm", "pgd steps=2"]


def test_without_a_bounded_attack_there_is_no_worst_case(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "10", "--attacks", "cw:steps=2")
    assert said["worst_case"] is None
    assert said["bounded"] == []


def test_a_run_is_found_again_and_made_anew_on_demand(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = (model, "--n", "31", "--attacks", "pgd:steps=1")
    first, again, fresh = answer(capsys, *command), answer(capsys, *command), answer(capsys, *command, "--fresh")
    assert first == again
    assert fresh["folder"] == first["folder"]
    assert fresh["bounded"][0]["seconds"] != first["bounded"][0]["seconds"]
    files = {f"{name}.{kind}" for name in ("attacks", "images") for kind in ("csv", "parquet")}
    assert {path.name for path in Path(first["folder"]).iterdir()} == files | {
        "config.json",
        "card.json",
        "manifest.json",
        "summary.json",
    }


def test_the_same_attack_among_others_is_not_run_again(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    alone = answer(capsys, model, "--n", "32", "--attacks", "pgd:steps=1")
    among = answer(capsys, model, "--n", "32", "--attacks", "fgsm,pgd:steps=1")
    assert among["folder"] != alone["folder"]
    assert among["bounded"][1] == alone["bounded"][0]


def test_out_holds_what_pages_read(model: str, tmp_path: Path) -> None:
    assert main(["attacks", model, "--n", "5", "--attacks", "fgsm", "--out", str(tmp_path / "attacks")]) == 0
    assert {path.suffix for path in (tmp_path / "attacks").iterdir()} == {".json", ".parquet"}


def test_diagnostics_stand_in_the_table_and_in_json(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = (model, "--n", "12", "--attacks", "fgsm", "--diagnosed")
    checks = answer(capsys, *command)["diagnostics"]
    assert [check["name"] for check in checks] == list(CHECKS)
    for check in checks:
        assert check["flagged"] == (check["number"] > check["threshold"])
    assert main(["attacks", *command]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Can these numbers be trusted?" in said
    assert "zero gradient" in said


def table_of(folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> pd.DataFrame:
    """Evaluate with this folder of runs; the table of images without its clock."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(folder))
    assert main(words) == 0
    (images,) = folder.glob("attacks/*/images.parquet")
    return pd.read_parquet(images).drop(columns="seconds")


def test_killed_and_started_again_it_goes_on(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["attacks", model, "--n", "60", "--attacks", "pgd:steps=2,cw:steps=2"]
    killed = f"""
        import os
        from core.analysis import attacked, kept
        from core.cli import main
        attacked.BATCH = 20
        save, calls = kept.Kept.save, []
        def dying(self, name, piece):
            save(self, name, piece)
            calls.append(name)
            if len(calls) == 2:
                os.kill(os.getpid(), 9)
        kept.Kept.save = dying
        main({words!r})
    """
    environment = {**os.environ, "FEATURE_SIEVE_RUNS": str(tmp_path / "killed")}
    done = subprocess.run([sys.executable, "-c", dedent(killed)], cwd=PROJECT, env=environment, capture_output=True)
    assert done.returncode == -9
    half = list(tmp_path.glob("killed/kept/*/*.safetensors"))
    assert len(half) == 2
    before = {path: path.stat().st_mtime_ns for path in half}
    monkeypatch.setattr(attacked, "BATCH", 20)
    resumed = table_of(tmp_path / "killed", monkeypatch, words)
    pd.testing.assert_frame_equal(resumed, table_of(tmp_path / "whole", monkeypatch, words))
    assert {path: path.stat().st_mtime_ns for path in half} == before


def test_two_processes_share_the_images(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["attacks", model, "--n", "50", "--attacks", "fgsm,pgd:steps=2"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "--"]
    environment = {**os.environ, "FEATURE_SIEVE_RUNS": str(tmp_path / "two"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*torchrun, "core", *words], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("worst case") == 1
    assert len(list(tmp_path.glob("two/kept/*/*"))) == 2
    made = (tmp_path / "two" / "attacks").stat().st_mtime_ns
    shared = table_of(tmp_path / "two", monkeypatch, words)  # found, not made again
    assert (tmp_path / "two" / "attacks").stat().st_mtime_ns == made
    pd.testing.assert_frame_equal(shared, table_of(tmp_path / "one", monkeypatch, words), rtol=1e-4)


def test_the_cards_epsilon_is_the_default_and_l2_needs_one(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, model, "--n", "5", "--attacks", "fgsm")["bounded"][0]["epsilon"] == 0.1
    said = answer(capsys, model, "--n", "5", "--attacks", "pgd:steps=1", "--norm", "l2", "--epsilon", "2")
    assert (said["bounded"][0]["norm"], said["bounded"][0]["epsilon"]) == ("l2", 2.0)


def test_zero_is_an_epsilon(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, model, "--n", "30", "--attacks", "fgsm,bim:steps=1,pgd:steps=1", "--epsilon", "0")
    assert {row["accuracy"]["value"] for row in said["bounded"]} == {said["clean"]["value"]}
    assert {row["turned"] for row in said["bounded"]} == {0}


def test_where_nothing_is_said_no_more_images_are_taken_than_there_are(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answer(capsys, model, "--attacks", "fgsm")
    assert said["n"] == said["clean"]["n"] == len(load_dataset("digits"))


def test_the_table_names_model_data_n_and_threat(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attacks", model, "--n", "10", "--attacks", "fgsm"]) == 0
    out = capsys.readouterr().out
    said = " ".join(out.split())
    for words in ("digits-vgg16-toy", "first 10 test images of digits", "linf 0.1", "fgsm", "worst case"):
        assert words in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--n", "0"], "got n = 0"),
        (["--n", "1000000"], "has 500 images, got n = 1000000"),
        (["--attacks", ","], "at least one attack"),
        (["--attacks", "fgsm,pdg"], "Did you mean 'pgd'"),
        (["--epsilon", "-1"], "at least 0, got -1"),
        (["--epsilon", "nan"], "finite number"),
        (["--epsilon", "8"], "up to 1, not 8"),
        (["--norm", "l2"], "give --epsilon"),
        (["--attacks", "pgd:steps=0"], "at least 1 step, got 0"),
        (["--data", "shapes"], "choose a model of shapes"),
        (["--data", "digts"], "Did you mean 'digits'"),
        (["--device", "tpu"], "Unknown device 'tpu'"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    model: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["attacks", model, "--n", "5", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err


def test_unknown_models_and_missing_data_are_refused(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["attacks", "no-such-model"]) == 2
    assert "Unknown model 'no-such-model'" in capsys.readouterr().err
    assert main(["attacks", model, "--data", "cifar10", "--root", str(tmp_path)]) == 2
    assert "data fetch cifar10" in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["attacks", "--help"])
    assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert "python -m core attacks shapes-vgg16-adv" in out
    assert "misclassified from the start" in out
