"""What the commands of the experiments share: an attack by name, and a result that is made once, then drawn."""

from collections.abc import Callable
from pathlib import Path

from rich.text import Text

from core.analysis.conduct import conduct
from core.analysis.experiment import Experiment, Subject
from core.analysis.results import StoredResult
from core.attacks import Attack, ThreatModel, build_attack
from core.cli.talk import console, progress, write_result
from core.models import ModelCard


def attack_of(name: str, epsilon: float | None, card: ModelCard) -> Attack:
    """An attack by name; its radius (linf, pixel units) is the one that suits the data where none is given."""
    return build_attack(name, ThreatModel(epsilon=card.epsilon if epsilon is None else epsilon))


def run_experiment(
    experiment: Experiment, subject: Subject, *, what: str, out: Path | None = None, fresh: bool = False
) -> StoredResult:
    """Run or find the experiment, draw its figures, and say where its result lies.

    Args:
        experiment: the config.
        subject: what it is run on.
        what: is counted by the bar.
        out, fresh: as for `core.analysis.conduct.conduct`.
    """
    with progress(what) as on_step:
        result = conduct(experiment, subject, out=out, fresh=fresh, on_step=on_step)
    assert result is not None, "one process alone leads"
    show(result, lambda: _draw(result, subject), out)
    return result


def show(result: StoredResult, draw: Callable[[], str | None], out: Path | None = None) -> None:
    """Say where a result lies, and draw it where it lies in a run and is not drawn yet; a fault there hurts nothing."""
    write_result(result.folder)
    console.print(Text(f"{result.folder} (made {result.manifest['made']})"))
    if out is not None or (result.folder / "figures.html").exists():
        return
    try:
        problem = draw()
    except Exception as fault:  # of a browser, a font, a disk: the result is kept already
        problem = f"No figure was written: {type(fault).__name__}, {' '.join(str(fault).split())[:200]}"
    if problem is not None:
        console.print(Text(problem))


def _draw(result: StoredResult, subject: Subject) -> str | None:
    from core.analysis import drawn

    return drawn.draw(result, subject)
