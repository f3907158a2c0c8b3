"""`python -m core attacks-radii`: accuracy under PGD as the ball grows."""

from pathlib import Path

import tyro
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional

from core.analysis.attacks.radii import FACTORS, Radii
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult
from core.attacks import PGD, ThreatModel
from core.cli.experiment import run_experiment
from core.cli.talk import console, print_json, print_table


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    n: int = 500,
    factors: tuple[float, ...] = FACTORS,
    steps: int = 10,
    epsilon: float | None = None,
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
    root: Path | None = None,
) -> None:
    """Accuracy on the first n test images under PGD at several radii, with 95 % Wilson intervals.

    python -m core attacks-radii shapes-vgg16-adv --n 500

    Args:
        model: a name from `python -m core models`, or the path of a model.
        n: test images.
        factors: radii in units of epsilon, rising.
        steps: of PGD, the same at every radius.
        epsilon: radius at factor 1 in pixel units of [0, 1] (linf); by default the one in the model's card.
        seed: of the attack's starts.
        device: auto takes CUDA where there is one.
        out: folder for what pages read; by default one under runs/attacks-radii/.
        fresh: compute even if the result is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    threat = ThreatModel(epsilon=subject.card.epsilon if epsilon is None else epsilon)
    experiment = Radii(n=n, attack=PGD(threat=threat, steps=steps), factors=factors, seed=seed)
    result = run_experiment(experiment, subject, what="images attacked", out=out, fresh=fresh)
    if json:
        rows = result.table("curve").to_dict("records")
        print_json({"model": subject.card.name, "folder": str(result.folder), **result.summary, "curve": rows})
    else:
        _print_curve(subject, result)


def _print_curve(subject: Subject, result: StoredResult) -> None:
    title = f"{subject.card.name}, first {result.summary['n']} test images, PGD, linf"
    table = Table(title=title, title_justify="left")
    for column in ("factor", "epsilon", "accuracy (95 %)"):
        table.add_column(column)
    for row in result.table("curve").itertuples():
        table.add_row(f"{row.factor:g}", f"{row.epsilon:.4g}", f"{row.value:.3f} ({row.low:.3f}-{row.high:.3f})")
    print_table(table)
    console.print(Text(result.summary["sentence"]))
