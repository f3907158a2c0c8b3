"""Pictures that are wished for, drawn together, and the rows of a table that say what was reached."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from core.analysis.visualize.gallery import Row
from core.types import Classifier, Images, OnStep
from core.visualization import Inverted, Raised, Visualization

OnDrawing: TypeAlias = Callable[[Images, Sequence[Row]], None]  # the pictures as they are now, and their rows
TOGETHER = 64  # pictures in one batch


@dataclass(frozen=True)
class Wish:
    """One picture to draw: what the table says of it, and the target (c, h, w) or the channels (c,) bool it follows."""

    row: Row
    goal: Tensor

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not bool(self.goal.any())

    def renamed(self, **changed: Any) -> "Wish":
        """The same picture under other columns."""
        return Wish({**self.row, **changed}, self.goal)


@dataclass(frozen=True)
class Drawing:
    """Pictures of one network from one seed."""

    model: Classifier
    wishes: list[Wish]
    seed: int
    drawn: list[Inverted | Raised] = field(default_factory=list)


def draw_all(
    jobs: list[Drawing],
    visualization: Visualization,
    channel_blur: float,
    on_step: OnStep | None = None,
    on_preview: OnDrawing | None = None,
) -> None:
    """Fill `drawn` of every job, at most TOGETHER pictures at once; a step is one of Adam for one such batch.

    Args:
        channel_blur: in place of the blur of `visualization` where channels are raised.
        on_preview: sees the pictures of the batch that is being drawn.
    """
    parts = [
        (job, wishes[first : first + TOGETHER])
        for job in jobs
        if (wishes := [wish for wish in job.wishes if not wish.empty])
        for first in range(0, len(wishes), TOGETHER)
    ]
    of_channels = replace(visualization, blur=channel_blur).channels
    for number, (job, wishes) in enumerate(parts):
        goals, about = torch.stack([wish.goal for wish in wishes]), [wish.row for wish in wishes]

        def step(done: int, total: int, before: int = number) -> None:
            if on_step is not None:
                on_step(before * total + done, len(parts) * total)

        show = None if on_preview is None else partial(_show, on_preview, about)
        draw = of_channels if goals.dtype == torch.bool else visualization
        job.drawn.append(draw(job.model, goals, seed=job.seed, on_step=step, on_preview=show))


def _show(on_preview: OnDrawing, rows: Sequence[Row], images: Images) -> None:
    on_preview(images, rows)


def rows(jobs: list[Drawing], first: int) -> list[Row]:
    """A table's rows: what was wished, what was reached, and the place in the array, counted from `first`."""
    table, places = [], itertools.count(first)
    for job in jobs:
        reached = iter([found for part in job.drawn for found in _reached(part)])
        for wish in job.wishes:
            found = _nothing(wish) if wish.empty else {"words": "", **next(reached), "picture": next(places)}
            table.append({**wish.row, **found})
    return table


def _nothing(wish: Wish) -> Row:
    name = "activation" if wish.goal.dtype == torch.bool else "cosine"
    read = {
        f"{view}{column}": -1 if column == "called" else float("nan")
        for view in ("", "view_")
        for column in (name, "called", "called_probability")
    }
    return {**read, "picture": -1}


def _reached(part: Inverted | Raised) -> Iterator[Row]:
    name = "cosine" if isinstance(part, Inverted) else "activation"
    for i in range(len(part.images)):
        found: Row = {}
        for view in ("", "view_"):
            predictions = getattr(part, f"{view}predictions")[i]
            found[f"{view}{name}"] = float(getattr(part, f"{view}{name}")[i])
            found[f"{view}called"] = int(predictions.argmax())
            found[f"{view}called_probability"] = float(predictions.max())
        yield found


def levels(images: Images) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Images in [0, 1] as bytes."""
    return (images.clamp(0, 1) * 255).round().byte().cpu().numpy()
