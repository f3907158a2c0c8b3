"""The one way to attack n images. What is done is kept batch by batch, shared by processes, and found by every subject.

    for batch in attacked(subject, PGD(), n=500, seed=0):          # every image, and its attacked pixels
        z_adv = features(subject.model, batch.x_adv, cut)
    outcome = outcome_of(subject, PGD(), n=1000, seed=0)           # numbers alone, of what was classified right
    x_adv = attack(model, x, y, generator=attack_draws(attack, seed, [i]))   # image i alone: the start it has above

An image draws its own start, from the seed, the attack's name and its position. Batches have fixed boundaries, so what
was done for n images serves for more. With `outcome_of` a misclassified image is not attacked and counts as fooled, so
an attack that is set to look at its batch sees the others alone.

Where several processes share the work, each of them calls this with the same arguments, and each gets all of it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.analysis.kept import Kept, Piece, pieces
from core.analysis.split import BATCH
from core.attacks import ATTACKS, Attack, Outcome
from core.attacks.evaluation import attack_batch, predictions
from core.attacks.outcome import Attacked
from core.config import to_dict
from core.datasets import Dataset
from core.device import Place
from core.models import ModelCard, Staged
from core.types import Images, Labels, OnStep

VERSION = 1  # of what a piece holds and how it comes about


class Attackable(Protocol):
    """What of a subject is needed: weights by their hash, the network, its images, and where results are kept."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def model(self) -> Staged: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def place(self) -> Place: ...

    @property
    def kept(self) -> Kept | None: ...


@dataclass(frozen=True)
class AttackedBatch:
    """m neighboring images and what an attack made of them.

    Args:
        rows: their positions, (m,), on the CPU.
        x, y: the clean images (m, c, h, w) and their labels (m,), on the model's device.
        x_adv: the attacked images, as `x`.
        done: classes seen afterwards, sizes of the perturbations, costs.
    """

    rows: Tensor
    x: Images
    y: Labels
    x_adv: Images
    done: Attacked


def attacked(
    subject: Attackable, attack: Attack, *, n: int, seed: int, on_step: OnStep | None = None
) -> Iterator[AttackedBatch]:
    """The first n images, classified right or not, attacked batch by batch.

    Args:
        subject: its network in eval mode.
        attack: on the whole network, with the true labels.
        n: at most as many as there are.
        seed: of the starts.
        on_step: called as `on_step(done, total)` with images.
    Raises:
        InputError: a network in training mode, or what the attack refuses.
    """
    work = _Work(subject, attack, seed, pixels=True)
    batches = list(torch.arange(n).split(BATCH))
    for rows, piece in zip(batches, work.pieces(batches, on_step), strict=True):
        x, y = work.images(rows)
        yield AttackedBatch(rows, x, y, piece["x_adv"].to(x.device), _done(rows, piece))


def attacked_batch(subject: Attackable, attack: Attack, rows: Tensor, *, seed: int) -> AttackedBatch:
    """The images at positions `rows` (m,), found or attacked by this process alone; else as `attacked`."""
    work = _Work(subject, attack, seed, pixels=True)
    name = work.name(rows) if subject.kept else ""
    (piece,) = pieces([name], lambda _: work.piece(rows), kept=subject.kept, place=Place())
    x, y = work.images(rows)
    return AttackedBatch(rows, x, y, piece["x_adv"].to(x.device), _done(rows, piece))


def outcome_of(subject: Attackable, attack: Attack, *, n: int, seed: int, on_step: OnStep | None = None) -> Outcome:
    """What the attack does to those of the first n images that are classified right; arguments as for `attacked`.

    `on_step` counts the images that need attacking.
    """
    work = _Work(subject, attack, seed, pixels=False)
    before = torch.cat(
        [predictions(subject.model, work.images(rows)[0]).cpu() for rows in torch.arange(n).split(BATCH)]
    )
    y = subject.data.labels[:n].cpu()
    batches = [rows[before[rows] == y[rows]] for rows in torch.arange(n).split(BATCH)]
    batches = [rows for rows in batches if len(rows)]
    found = zip(batches, work.pieces(batches, on_step), strict=True)
    return Outcome.of(attack, before, y, [_done(rows, piece) for rows, piece in found])


def _done(rows: Tensor, piece: Piece) -> Attacked:
    return Attacked(rows, piece["predicted"], piece["l2"], piece["linf"], piece["costs"])


@dataclass(frozen=True)
class _Work:
    """One attack on one subject.

    Args:
        pixels: whether attacked images are kept beside the numbers.
    """

    subject: Attackable
    attack: Attack
    seed: int
    pixels: bool

    def images(self, rows: Tensor) -> tuple[Images, Labels]:
        """Images and labels by position, on the model's device."""
        device = next(self.subject.model.parameters()).device
        return self.subject.data.images[rows].to(device), self.subject.data.labels[rows].to(device)

    def pieces(self, batches: Sequence[Tensor], on_step: OnStep | None) -> Iterator[Piece]:
        """A piece for each batch of positions."""
        subject, ends = self.subject, torch.tensor([0, *map(len, batches)]).cumsum(dim=0).tolist()

        def counted(done: int, total: int) -> None:
            if on_step:
                on_step(ends[done], ends[total])

        names = [self.name(rows) for rows in batches] if subject.kept else [""] * len(batches)
        return pieces(names, lambda i: self.piece(batches[i]), kept=subject.kept, place=subject.place, on_step=counted)

    def piece(self, rows: Tensor) -> Piece:
        """What the attack makes of the images at these positions."""
        x, y = self.images(rows)
        x_adv, done = attack_batch(self.subject.model, self.attack, x, y, rows, self.seed)
        numbers = {"predicted": done.predicted, "l2": done.l2, "linf": done.linf, "costs": done.costs}
        return {**numbers, "x_adv": x_adv.cpu()} if self.pixels else numbers

    def name(self, rows: Tensor) -> str:
        """Of the batch's piece: folder of the weights, attack, and a hash of all that decides the outcome.

        All images of the batch are in it, and so is its size, which matters to an attack that looks at its batch.
        """
        card, data = self.subject.card, self.subject.data
        images, labels = data.images[rows].cpu(), data.labels[rows].cpu()
        config = [VERSION, card.sha256, to_dict(self.attack), self.seed, self.pixels, str(images.dtype), images.shape]
        digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
        for tensor in (images, labels, rows):
            digest.update(tensor.contiguous().numpy().tobytes())
        return f"{card.name}-{card.sha256[:12]}/{ATTACKS.name_of(self.attack)}-{digest.hexdigest()[:32]}"
