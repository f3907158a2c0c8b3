from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import plotly.io
import pytest
from kaleido.errors import ChromeNotFoundError

from core.analysis import drawn
from core.analysis.bottleneck.experiment import BetaSweep
from core.analysis.bottleneck.figures.beta_axis import position
from core.analysis.bottleneck.figures.still import spread
from core.analysis.channels.experiment import Assignment
from core.analysis.channels.figures import NO_WEIGHTS
from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.conduct import conduct
from core.analysis.drawn import figures
from core.analysis.experiment import Experiment
from core.analysis.page import write_pictures
from core.analysis.results import StoredResult
from core.distillation import Bottleneck
from core.look import DARK, LIGHT
from tests.core.analysis.conftest import PGD_2, Bench

PLAIN = Bottleneck(steps=10, cut="conv5_3")
EXPERIMENTS: dict[str, Experiment] = {
    "bottleneck": BetaSweep(n=5, betas=(0, 0.1, 30), attack=PGD_2, bottleneck=PLAIN),
    "clusters": FeatureMaps(
        n=5, perplexity=3, iterations=250, multiples_n=4, perplexities=(3,), map_seeds=(0,), attack=PGD_2,
        bottleneck=PLAIN,
    ),
    "channels": Assignment(n=5, seeds=2, attack=PGD_2, bottleneck=PLAIN),
}  # fmt: skip


@pytest.fixture(scope="module")
def results(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StoredResult]:
    folder = tmp_path_factory.mktemp("results")
    return {
        kind: conduct(experiment, bench.subject, name=kind, out=folder / kind)
        for kind, experiment in EXPERIMENTS.items()
    }


@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_every_result_is_drawn_in_both_looks_and_told_on_one_page(
    kind: str, results: dict[str, StoredResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = results[kind]
    monkeypatch.setattr(plotly.io, "write_images", lambda *_, **__: None)
    monkeypatch.setitem(result.summary, "sentences", ["a < b"])
    for look in (LIGHT, DARK):
        assert all(len(fig.data) for fig in figures(kind, result, look).values())
    assert drawn.draw(result) is None
    page = (result.folder / "figures.html").read_text()
    assert page.count('class="chart"') == len(figures(kind, result))
    assert "a &lt; b" in page
    assert "<script>alert(1)</script>" not in page, "a class of this model bears that name"
    assert "toy-vgg16-adv" in page


FAULTS = (
    ImportError("No module named kaleido"),
    ChromeNotFoundError(),
    RuntimeError("Couldn't close or kill browser subprocess"),
    TimeoutError(),
    ValueError("bad <figure>"),
    BrokenPipeError("the browser is gone"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_whatever_fails_while_a_picture_is_drawn_is_told_and_the_page_is_there(
    fault: Exception, results: dict[str, StoredResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: a broken browser, none, no kaleido, or anything else."""
    result = results["bottleneck"]
    (result.folder / "figures.html").unlink(missing_ok=True)

    def fails(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(plotly.io, "write_images", fails)
    said = drawn.draw(result)
    assert said is not None
    assert said.startswith("No PNG was written: ")
    assert said.endswith("figures.html has every figure.")
    assert (result.folder / "figures.html").is_file()


def test_a_figure_that_cannot_be_drawn_is_told(
    results: dict[str, StoredResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: "any fault while a figure is drawn"."""
    monkeypatch.setattr(drawn, "figures", lambda *_: 1 / 0)
    assert str(drawn.draw(results["bottleneck"])).startswith("No figure was written: ZeroDivisionError")


@pytest.mark.browser
def test_a_browser_that_does_not_start_is_told(
    results: dict[str, StoredResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/bin/false")
    assert str(drawn.draw(results["bottleneck"])).startswith("No PNG was written: ")


def test_a_subject_without_figures_draws_none(results: dict[str, StoredResult]) -> None:
    assert figures("start", results["bottleneck"]) == figures("paper-table1", results["bottleneck"]) == {}


def test_curves_hold_the_numbers_of_the_table(results: dict[str, StoredResult]) -> None:
    fig = figures("bottleneck", results["bottleneck"])["bottleneck"]
    rows = results["bottleneck"].table("curves").query("side == 'robust' and images == 'clean'").sort_values("beta")
    assert any(list(trace.y) == rows["value"].tolist() for trace in fig.data)


def test_a_beta_lies_between_its_neighbors_on_the_axis() -> None:
    betas = (0, 0.1, 10)
    assert [position(betas, beta) for beta in (0, 0.05, 0.1, 1, 10)] == pytest.approx([0, 0.5, 1, 1.5, 2])


def test_names_at_the_ends_of_curves_never_lie_over_one_another() -> None:
    assert spread([1.0, 0.995, 0.2], 0.1, 1.0) == pytest.approx([1.0, 0.9, 0.2])
    assert spread([0.2, 0.2, 0.2], 0.1, 1.0) == pytest.approx([0.2, 0.3, 0.4])


@pytest.mark.skipif(not (which("chromium") or which("google-chrome")), reason="no browser that could draw a PNG")
@pytest.mark.browser
def test_where_there_is_a_browser_figures_become_pictures(results: dict[str, StoredResult], tmp_path: Path) -> None:
    assert write_pictures(tmp_path, figures("bottleneck", results["bottleneck"])) is None
    assert (tmp_path / "bottleneck.png").read_bytes().startswith(b"\x89PNG")


def test_a_cut_without_weights_is_said_in_the_figure(bench: Bench, tmp_path: Path) -> None:
    early = replace(EXPERIMENTS["channels"], bottleneck=replace(PLAIN, cut="conv4_3"))  # type: ignore[type-var]
    result = conduct(early, bench.subject, out=tmp_path / "early")
    assert NO_WEIGHTS in [note.text for note in figures("channels", result)["variance"].layout.annotations]
