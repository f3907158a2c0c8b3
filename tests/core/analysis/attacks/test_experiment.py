"""An evaluation's tables agree with its summary and with each attack run by itself."""

import json
from pathlib import Path

import pandas as pd
import pytest

from core.analysis.attacks.experiment import Evaluation
from core.analysis.conduct import conduct
from core.analysis.results import Result
from core.attacks import CW, FGSM, PGD, Attack, ThreatModel, run_attack
from core.errors import InputError
from tests.core.analysis.conftest import Bench

THREAT = ThreatModel(epsilon=0.1)
ATTACKS: tuple[Attack, ...] = (CW(steps=5, c=100), FGSM(threat=THREAT), PGD(threat=THREAT, steps=2))


@pytest.fixture(scope="module")
def found(bench: Bench) -> Result:
    return Evaluation(n=5, attacks=ATTACKS)(bench.subject)


def test_each_attack_is_that_attack_alone(found: Result, bench: Bench) -> None:
    images = found.tables["images"]
    for attack, (_, rows) in zip(ATTACKS, images.groupby("attack", sort=False), strict=True):
        outcome = run_attack(bench.model, attack, bench.data.images, bench.data.labels)
        assert rows["correct"].tolist() == outcome.correct.tolist()
        assert rows["predicted"].tolist() == outcome.predicted.tolist()
        assert rows["l2"].tolist() == outcome.l2.tolist()
        assert rows["label"].tolist() == bench.data.labels.tolist()


def test_kinds_stand_apart_and_rows_agree_with_images(found: Result) -> None:
    summary, images, attacks = found.summary, found.tables["images"], found.tables["attacks"]
    assert [row["label"] for row in summary["minimal_norm"]] == ["cw c=100 steps=5"]
    assert [row["label"] for row in summary["bounded"]] == ["fgsm", "pgd steps=2"]
    assert attacks["kind"].tolist() == ["minimal_norm", "bounded", "bounded"]
    assert pd.isna(attacks["epsilon"][0])
    for row in summary["bounded"] + summary["minimal_norm"]:
        own = images[images["attack"] == row["label"]]
        assert row["accuracy"]["value"] == own["correct"].mean()
        assert row["gradients"] == round(own["gradients"].sum())
        assert row["turned"] == (own["clean"] & ~own["correct"]).sum()
    worst = images[images["kind"] == "bounded"].groupby("index")["correct"].all()
    assert summary["worst_case"]["value"] == worst.mean()
    json.dumps(summary, allow_nan=False)


def test_progress_counts_images_over_all_attacks(bench: Bench) -> None:
    seen: list[tuple[int, int]] = []
    found = Evaluation(n=5, attacks=ATTACKS, diagnosed=THREAT)(
        bench.subject, on_step=lambda done, total: seen.append((done, total))
    )
    attacked = 3 * int(found.summary["clean"]["value"] * 5)
    assert (attacked, attacked + 11) in seen
    assert seen[-1] == (attacked + 11, attacked + 11)
    assert seen == sorted(seen)
    assert len(found.summary["diagnostics"]) == 11


def test_it_is_stored_and_every_attack_kept(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    result = conduct(Evaluation(n=5, attacks=ATTACKS), bench.subject)
    assert result is not None
    assert result.manifest["data"]["n"] == 5
    assert [attack["kind"] for attack in result.config["attacks"]] == ["CW", "FGSM", "PGD"]
    assert len(list((tmp_path / "kept").glob("*/*.safetensors"))) == 3
    assert len(result.table("images")) == 15


@pytest.mark.parametrize(
    ("attacks", "sentence"),
    [
        ((), "got none"),
        ((PGD(), PGD(threat=THREAT)), "got pgd, pgd"),
        ((PGD(), FGSM(threat=THREAT)), "single threat model"),
    ],
)
def test_what_makes_no_table_is_refused(attacks: tuple[Attack, ...], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Evaluation(attacks=attacks)
