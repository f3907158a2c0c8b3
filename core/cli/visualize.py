"""What `python -m core visualize` says: pictures of what all, robust and non-robust channels see (Fig. 3).

Its options are the fields of `FeaturePictures` in core/analysis/visualize/experiment.py, as options.py reads them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pandas import DataFrame
from rich.table import Table
from rich.text import Text

from core.analysis.experiment import Subject
from core.analysis.fields import changed
from core.analysis.results import StoredResult, stored_result
from core.analysis.start.cases import RULE, telling_channels, telling_images
from core.analysis.visualize.experiment import FeaturePictures
from core.analysis.visualize.gallery import Gallery
from core.cli.command import Command, Questions, Said
from core.cli.talk import plain_rows, print_sentences, print_table
from core.datasets import own as own_pictures


@dataclass(frozen=True, kw_only=True)
class PictureQuestions(Questions):
    """How images and channels may be chosen.

    Args:
        image_file: your own PNG, JPEG or WebP picture to draw, in place of test images; it is kept under the runs.
        cases: take as images one of each case in a survey, as channels those most and least often robust in it.
        cases_of: model whose survey has the cases; by default the one that is drawn from.
    """

    image_file: Path | None = None
    cases: tuple[Literal["images", "channels"], ...] = ()
    cases_of: str = ""

    def chosen(self, experiment: FeaturePictures, subject: Subject) -> FeaturePictures:
        """With an own picture, or the images and channels of the survey, in place of its own."""
        if self.image_file is not None:
            digest = own_pictures.keep(self.image_file, subject.card.image_size)
            experiment = changed(experiment, {"images": (), "own": digest})
        if not self.cases:
            return experiment
        surveyed = self.cases_of or subject.card.name
        survey = stored_result("start", surveyed)
        telling: dict[str, Callable[[DataFrame], Sequence[int]]] = {
            "images": lambda images: telling_images(images, survey.summary.get("opening")),
            "channels": telling_channels,
        }
        found: dict[str, Any] = {name: tuple(telling[name](survey.table(name))) for name in self.cases}
        return changed(experiment, found | {"rule": RULE.format(model=surveyed)})


def said(result: StoredResult) -> Said:
    """A caption for every picture."""
    gallery = Gallery(result.folder)
    tables = {"strip": gallery.table("strip") if gallery.images else None, "channels": gallery.channels}
    record = {name: plain_rows(table) for name, table in tables.items() if table is not None}
    return Said(record, lambda: _show(gallery))


def _show(gallery: Gallery) -> None:
    print_sentences(gallery.summary["sentences"])
    if gallery.channels is None:
        return
    table = Table(title="Channels drawn alone, and unions of a class", title_justify="left")
    for name in ("network", "drawn", "picture", "reached"):
        table.add_column(name)
    for row in gallery.channels.to_dict("records"):
        head, *said = gallery.caption(row)
        table.add_row(row["network"], Text(head), *map(Text, said))
    print_table(table)


COMMAND = Command(says=said, questions=PictureQuestions)
