import json
from typing import Any

import pytest
import torch

from core.analysis import benchmark
from core.cli import main

SMALL = ["--images", "2", "--repeats", "1", "--width", "0.0625"]


def _report(capsys, *arguments: str) -> dict[str, Any]:
    assert main(["bench", *arguments, *SMALL, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_distill_compares_speed_and_masks_in_one_run(capsys) -> None:
    report = _report(capsys, "distill", "--steps", "30")
    runs = {(run["implementation"], run["threads"]): run for run in report["runs"]}
    fastest = {
        name: max(r["images_per_second"] for (n, _), r in runs.items() if n == name) for name in ("ours", "plain")
    }
    assert report["images_per_second"] == fastest["ours"]
    assert report["plain_images_per_second"] == fastest["plain"]
    assert report["ratio"] == pytest.approx(fastest["ours"] / fastest["plain"])
    assert report["mask_agreement"] >= 0.98  # of 64 channels, one may lie at the threshold
    assert 0 < report["robust_fraction"] < 1
    assert all(runs[name, threads]["images_per_second"] == fastest[name] for name, threads in report["threads"].items())
    conditions = report["conditions"]
    assert {"images": 2, "steps": 30, "channels": 32, "map": [2, 2], "classes": 10}.items() <= conditions.items()
    assert conditions["device"] == "cpu"
    assert report["versions"]["torch"] == torch.__version__.split("+")[0]


def test_attack_times_one_image_and_a_batch(capsys) -> None:
    report = _report(capsys, "attack", "--steps", "2")
    assert {run["images"] for run in report["runs"]} == {1, 2}
    for run in report["runs"]:
        assert run["passes_per_second"] == pytest.approx(run["images"] * 2 / run["seconds"])


@pytest.mark.parametrize("what", ["distill", "attack"])
def test_without_json_a_table_with_its_conditions(capsys, what) -> None:
    assert main(["bench", what, *SMALL, "--steps", "2"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "threads" in out
    assert "network vgg16" in out
    assert "processors" in out


def test_threads_are_given_back_also_after_an_error() -> None:
    before = torch.get_num_threads()

    def broken() -> None:
        assert torch.get_num_threads() == 1
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        benchmark._alternate({"broken": broken}, 1, torch.device("cpu"), None)
    assert torch.get_num_threads() == before


def test_what_is_compared_runs_in_turn_and_the_first_round_does_not_count(monkeypatch) -> None:
    monkeypatch.setattr(benchmark.os, "cpu_count", lambda: 1)
    order: list[str] = []
    steps: list[tuple[int, int]] = []
    seconds = benchmark._alternate(
        {name: lambda name=name: order.append(name) for name in ("a", "b")},
        2,
        torch.device("cpu"),
        lambda *step: steps.append(step),
    )
    assert order == ["a", "b"] * 3
    assert {key: len(times) for key, times in seconds.items()} == {("a", 1): 2, ("b", 1): 2}
    assert steps == [(k, 6) for k in range(1, 7)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["distill", "--steps", "0"], "needs steps of at least 1, got 0"),
        (["attack", "--images", "-3"], "needs images of at least 1, got -3"),
        (["distill", "--repeats", "0"], "needs repeats of at least 1, got 0"),
        (["distill", "--width", "0"], "Width must lie above 0"),
        (["distill", "--device", "tpu"], "Unknown device 'tpu'; known are auto, cpu, cuda"),
    ],
    ids=str,
)
def test_bad_values_end_in_one_sentence(capsys, arguments, sentence) -> None:
    assert main(["bench", *arguments]) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert not captured.out


def test_an_unknown_benchmark_is_refused(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["bench", "nonsense"])
    assert stopped.value.code == 2
