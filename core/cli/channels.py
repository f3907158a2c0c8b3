"""What `python -m core channels` says: which channels are robust, how surely; and the network without some.

Its options are the fields of `Assignment` in core/analysis/channels/experiment.py, as options.py reads them.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from rich.table import Table
from rich.text import Text
from torch import Tensor

from core import store
from core.analysis import drawn
from core.analysis.attacked import attacked
from core.analysis.channels.experiment import Assignment
from core.analysis.channels.flips import smallest_flip
from core.analysis.channels.rules import choose_channels
from core.analysis.channels.surgery import Operated, Surgery
from core.analysis.experiment import Subject
from core.analysis.kept import Kept
from core.analysis.results import StoredResult
from core.analysis.split import features
from core.cli.command import Command, Questions, Said
from core.cli.talk import print_sentences, print_table
from core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class ChannelQuestions(Questions):
    """What else may be asked of the result.

    Args:
        drop: channels to cut out: a list such as 3,17,20-24, or a rule such as "robust in at least 80 % of images of
            class disc".
        keep: the only channels to keep, given the same way.
        image: the test image whose smallest flipping set is sought.
    """

    drop: str | None = None
    keep: str | None = None
    image: int | None = None

    def __post_init__(self) -> None:
        if self.drop is not None and self.keep is not None:
            raise InputError("Give channels to --drop or to --keep, not both.")

    def chosen(self, experiment: Assignment, subject: Subject) -> Assignment:
        """The experiment as it is; the image must be there before all the others are distilled."""
        if self.image is not None:
            subject.image(self.image)
        return experiment

    def besides(self, experiment: Assignment, subject: Subject, result: StoredResult) -> Said:
        """The network without some channels, and the fewest without which it says something else."""
        kept = self._kept(result, subject)
        operated = None if kept is None else _operate(subject, experiment, kept)
        flip = None if self.image is None else _flip(subject, experiment, self.image)
        record = {} if operated is None else {"surgery": _plain(operated, subject)}

        def show() -> None:
            if operated is not None:
                _print_operated(operated, subject, result)
            if flip is not None:
                print_sentences([flip["finding"]])

        return Said(record | ({} if flip is None else {"smallest_flip": flip}), show)

    def _kept(self, result: StoredResult, subject: Subject) -> Tensor | None:
        """Channels that stay (c,) bool; None where nothing was asked."""
        text = self.keep if self.drop is None else self.drop
        if text is None:
            return None
        chosen = torch.from_numpy(choose_channels(text, result.table("channels"), subject.card.class_names))
        return chosen if self.drop is None else ~chosen


def said(result: StoredResult) -> Said:
    """The channels that are robust most and least often, and the findings."""
    return Said({}, lambda: _print_channels(result))


def _operate(subject: Subject, experiment: Assignment, kept: Tensor) -> Operated:
    again = replace(subject, kept=Kept(store.runs_root() / "kept"))  # the attack of the assignment
    batches = list(attacked(again, experiment.attack, n=experiment.n, seed=experiment.seed))
    x, x_adv, y = (torch.cat([getattr(batch, name) for batch in batches]) for name in ("x", "x_adv", "y"))
    return Surgery.of_images(subject.model, x, x_adv, y, experiment.bottleneck.cut).operate(kept)


def _flip(subject: Subject, experiment: Assignment, image: int) -> dict[str, Any]:
    names, at = subject.card.class_names, experiment.bottleneck.cut
    z = features(subject.model, subject.image(image)[0], at)
    found = smallest_flip(subject.model, z, at)
    if found is None:
        said = f"No set of channels changes what the network says of image {image} when it is removed."
        return {"image": image, "channels": None, "finding": said}
    listed, count = ", ".join(map(str, found.channels)), len(found.channels)
    how = "no smaller set does" if found.exact else "found greedily, so a smaller one may exist"
    said = (
        f"Without channel{'' if count == 1 else 's'} {listed} image {image} is {names[found.after]}, no longer "
        f"{names[found.before]} ({count} of {z.shape[1]} channels; {how})."
    )
    return {"image": image, **asdict(found), "finding": said}


def _plain(operated: Operated, subject: Subject) -> dict[str, Any]:
    names = subject.card.class_names
    rows = operated.classes.assign(**{"class": [names[label] for label in operated.classes["class"]]})
    return {
        "kept": operated.kept,
        "accuracy": asdict(operated.accuracy),
        "robust_accuracy": asdict(operated.robust_accuracy),
        "attacked": "the whole network, not the edited one",
        "classes": rows.to_dict("records"),
    }


def _print_channels(result: StoredResult) -> None:
    table = Table(title=f"{result.manifest['model']['name']}: most and least often robust", title_justify="left")
    for column in ("channel", "robust in", "over seeds", "flip rate", "mean log10 noise"):
        table.add_column(column)
    ordered = result.table("channels").sort_values("robust_share", ascending=False, kind="stable")
    for row in [*ordered.head(5).itertuples(), *ordered.tail(5).itertuples()]:
        over = f"{row.robust_share_low:.1%} to {row.robust_share_high:.1%}"
        figures = (
            f"{row.robust_share:.1%}",
            over,
            "unknown" if np.isnan(row.flip_rate) else f"{row.flip_rate:.1%}",
            f"{row.mean_log_noise:.2f}",
        )
        table.add_row(str(row.channel), *figures)
    print_table(table)
    print_sentences(drawn.sentences(result))


def _print_operated(operated: Operated, subject: Subject, result: StoredResult) -> None:
    network, names = result.summary["network"], subject.card.class_names
    title = f"With {operated.kept} of {result.summary['channels']} channels"
    table = Table(title=f"{title}, first {operated.accuracy.n} test images", title_justify="left")
    for column in ("class", "clean", "attacked"):
        table.add_column(column)
    for row in operated.classes.to_dict("records"):
        table.add_row(Text(names[row["class"]]), f"{row['accuracy']:.3f}", f"{row['robust_accuracy']:.3f}")
    table.add_section()
    for name, found in (("clean", operated.accuracy), ("attacked", operated.robust_accuracy)):
        whole = network[name]["value"]
        print_sentences([f"{title}, {name}: {found.value:.3f} [{found.low:.2f}, {found.high:.2f}]; all: {whole:.3f}."])
    print_table(table)
    print_sentences(["The attack was made on the whole network; one made on the edited network may leave less."])


COMMAND = Command(counts="images distilled", says=said, questions=ChannelQuestions)
