"""A result outlives whatever goes wrong while it is drawn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.analysis import drawn, page
from core.analysis.results import StoredResult, stored_result
from core.cli import main
from core.cli.command import show
from tests.core.cli.conftest import MODEL

FAULTS: list[type[Exception]] = [OSError, RuntimeError, ValueError, ImportError, TimeoutError]
WORDS = ["channels", MODEL, "--n", "2", "--steps", "2", "--seeds", "1"]


def failing(fault: type[Exception]) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise fault("the browser is gone")

    return fail


@pytest.mark.parametrize("fault", FAULTS)
def test_the_result_is_kept_before_anything_is_drawn(
    small_model: Path,
    tmp_path: Path,
    fault: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(page.plotly.io, "write_images", failing(fault))
        assert main([*WORDS, "--seed", str(FAULTS.index(fault))]) == 0
    assert "No PNG was written: " in " ".join(capsys.readouterr().err.split())
    result = stored_result("channels", MODEL)
    assert len(result.table("images")) == 2
    assert (result.folder / "figures.html").is_file()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_drawing_is_told_and_the_next_run_draws(
    small_model: Path, fault: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*WORDS, "--seed", str(10 + FAULTS.index(fault))]
    with monkeypatch.context() as patch:
        patch.setattr(drawn, "figures", failing(fault))
        assert main(words) == 0
    assert "No figure was written: " in " ".join(capsys.readouterr().err.split())
    result = stored_result("channels", MODEL)
    made = result.manifest["made"]
    assert not (result.folder / "figures.html").exists()
    assert main(words) == 0
    assert (result.folder / "figures.html").is_file()
    assert StoredResult(result.folder).manifest["made"] == made


def test_whatever_a_command_draws_itself_is_told_too(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--seed", "30", "--json"]) == 0
    result = stored_result("channels", MODEL)
    (result.folder / "figures.html").unlink(missing_ok=True)
    show(result, failing(MemoryError), None)  # type: ignore[arg-type]
    assert "No figure was written: MemoryError" in capsys.readouterr().err
