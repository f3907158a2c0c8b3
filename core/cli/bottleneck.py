"""What `python -m core bottleneck` says: accuracy and number of channels of either side along beta (Fig. 5).

Its options are the fields of `BetaSweep` in core/analysis/bottleneck/experiment.py, as options.py reads them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from core.analysis.bottleneck.experiment import BetaSweep, ImageSweep, sweep_image
from core.analysis.empty_set import NOTHING
from core.analysis.experiment import Subject
from core.analysis.explain.explanation import attacked
from core.analysis.results import StoredResult
from core.cli.command import Command, Questions, Said
from core.cli.talk import print_sentences, print_table

SENTENCES = ("crossing_sentences", "peak_sentences", "sentences")  # two of each, then every beta


@dataclass(frozen=True, kw_only=True)
class ImageQuestions(Questions):
    """What else may be asked.

    Args:
        image: only this test image: its predictions at every beta, and the beta at which each channel changes side.
    """

    image: int | None = None

    def instead(self, experiment: BetaSweep, subject: Subject) -> Said | None:
        """The image along beta; no sweep of many is needed for it."""
        if self.image is None:
            return None
        names, (x, label) = subject.card.class_names, subject.image(self.image)
        x_adv = attacked(subject.model, x, label, experiment.attack, experiment.seed, self.image)
        found = sweep_image(subject.model, x, x_adv, label, experiment.bottleneck, experiment.betas, experiment.seed)
        record = {"model": subject.card.name, "image": self.image, "label": names[label], **_plain(found, names)}
        title = f"{subject.card.name}, image {self.image}, given the true label {names[label]}"
        return Said(record, lambda: _print_one(found, names, title))


def said(result: StoredResult) -> Said:
    """A row a beta."""
    return Said({}, lambda: _show(result))


def _show(result: StoredResult) -> None:
    curves = result.table("curves").set_index(["beta", "side", "images"]).sort_index()
    sides = [(side, which) for side in ("robust", "nonrobust") for which in ("clean", "attacked")]
    title = f"{result.manifest['model']['name']}, first {result.summary['n']} test images, given the true label"
    table = Table(title=title, title_justify="left")
    for column in ("beta", "robust channels", "no robust", *(", ".join(kind).replace("non", "non-") for kind in sides)):
        table.add_column(column)
    for row in result.table("counts").itertuples():
        shown = (f"{curves.loc[(row.beta, *kind)]['value']:.3f}" for kind in sides)
        table.add_row(f"{row.beta:g}", f"{row.robust_mean:.1f}", f"{row.empty:.1%}", *shown)
    print_table(table)
    whole = (curves.loc[(result.summary["betas"][0], "all", which)]["value"] for which in ("clean", "attacked"))
    widest = ((curves["high"] - curves["low"]) / 2).max()
    print_sentences(
        [
            "Whole network: clean {:.3f}, attacked {:.3f}.".format(*whole),
            f"95 % intervals reach {widest:.3f} or less to either side; curves.csv has them and the controls.",
            *[sentence for kind in SENTENCES for sentence in result.summary[kind]][:4],
        ]
    )


def _plain(found: ImageSweep, names: tuple[str, ...]) -> dict[str, Any]:
    """JSON data; a channel that is robust along the whole grid changes side nowhere, which is null."""
    return {
        "betas": found.betas.tolist(),
        "tolerance": found.tolerance,
        "robust_count": found.robust.sum(axis=1).tolist(),
        "changes_at": [float(beta) if np.isfinite(beta) else None for beta in found.changes_at],
        "predictions": {kind: [_class(row, names) for row in found.spoken(kind)] for kind in found.probabilities},
    }


def _class(row: NDArray[np.floating], names: tuple[str, ...]) -> str | None:
    """The most probable class of one reading (k,); None where the side has no channel."""
    return None if np.isnan(row).any() else names[int(row.argmax())]


def _print_one(found: ImageSweep, names: tuple[str, ...], title: str) -> None:
    table = Table(title=title, title_justify="left")
    kinds = ("clean_robust", "attacked_robust", "clean_nonrobust", "attacked_nonrobust")
    for column in ("beta", "robust channels", *(kind.replace("_", ", ").replace("non", "non-") for kind in kinds)):
        table.add_column(column)
    for i, beta in enumerate(found.betas):
        read = [(_class(row, names), row) for row in (found.spoken(kind)[i] for kind in kinds)]
        shown = (Text(NOTHING if name is None else f"{name}  {row.max():.0%}") for name, row in read)
        table.add_row(f"{beta:g}", str(int(found.robust[i].sum())), *shown)
    print_table(table)
    last = found.changes_at.argsort()[::-1][:10]
    listed = ", ".join(f"{k} ({'never' if np.isinf(beta := found.changes_at[k]) else f'{beta:.2g}'})" for k in last)
    print_sentences([f"Channels that stay robust longest, with the beta at which they change side: {listed}."])


COMMAND = Command(counts="images distilled", says=said, questions=ImageQuestions)
