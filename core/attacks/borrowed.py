"""What keeps this project's promises around attacks that a library computes: its draws, its order, its results."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from core.attacks.threat import ThreatModel
from core.errors import InputError
from core.seeding import Draws, generator
from core.types import Classifier, Images, Labels, Logits

LIBRARY_NORM = {"linf": "Linf", "l2": "L2"}


class Clean(NamedTuple):
    """Images that the network classifies as labeled.

    Args:
        x: (n, c, h, w).
        y: their labels, (n,).
        logits: of the network, (n, k).
    """

    x: Images
    y: Labels
    logits: Logits


Network: TypeAlias = Callable[[Images], Logits]
Run: TypeAlias = Callable[[Network, Clean], Images]


@torch.no_grad()
def in_turn(
    runs: Callable[[int], Sequence[Run]], threat: ThreatModel, model: Classifier, x: Images, y: Labels, draws: Draws
) -> Images:
    """Every run on the images that are still classified right; an image that none turns comes back as it was.

    Args:
        runs: from the number of classes.
        threat: which results count, up to rounding.
        model: as it is called; nothing of it changes.
        x: images, (n, c, h, w).
        y: their true labels, (n,).
        draws: one generator, or one an image.
    """
    x_adv, logits = x.detach().clone(), model(x)
    rows = (logits.argmax(dim=1) == y).nonzero().flatten()
    for number, run in enumerate(runs(logits.shape[1])):
        if threat.epsilon == 0 or not len(rows):
            break
        own = draws if isinstance(draws, torch.Generator) else [draws[row] for row in rows.tolist()]
        with OwnDraws(model, own, number) as drawn:
            found = threat.project(run(drawn.network, Clean(x[rows], y[rows], logits[rows])), x[rows])
        turned = model(found).argmax(dim=1) != y[rows]
        x_adv[rows[turned]] = found[turned]
        rows = rows[~turned]
    return x_adv


class OwnDraws(TorchFunctionMode):
    """Inside, on this thread, the library's `torch.rand` and `torch.randn` leave torch's global state alone.

    What it draws before it first calls the network is each image's start, and comes from the image's own generator.
    What it draws later it would share among the images of a batch: that comes from one stream, the same for every batch
    and seed, so that no image's draws depend on its batch.

    Args:
        model: to be called as `network`; it keeps its own draws.
        draws: one generator, or one an image of the batch.
        number: of the run, as each has a stream of its own.
    """

    def __init__(self, model: Classifier, draws: Draws, number: int) -> None:
        super().__init__()
        self.model, self.draws, self.shared = model, draws, generator(0, "shared by all images", number)
        self.started = self.in_model = False

    def network(self, x: Images) -> Logits:
        """The model's logits."""
        self.started = self.in_model = True
        try:
            return self.model(x)
        finally:
            self.in_model = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.rand, torch.randn) and not self.in_model:
            return self._draw(func, torch.Size(args[0]))
        return func(*args, **(kwargs or {}))

    def _draw(self, func: Callable[..., Tensor], shape: torch.Size) -> Tensor:
        if len(shape) < 4:
            return func(shape, generator=self.shared)
        if self.started:
            return func(shape[1:], generator=self.shared).expand(shape)
        if isinstance(self.draws, torch.Generator):
            return func(shape, generator=self.draws)
        return torch.stack([func(shape[1:], generator=own) for own in self.draws])


def at_least_one(field: str, value: int) -> None:
    """Raise InputError where a count is below 1."""
    if value < 1:
        raise InputError(f"An attack's {field} must be at least 1, got {value}.")
