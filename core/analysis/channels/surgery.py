"""Cutting channels out of a network: what is left of its accuracy."""

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor, nn

from core.analysis.split import BATCH, features, linear_tail, pooled
from core.distillation import masked
from core.errors import InputError
from core.seeding import generator
from core.statistics import accuracy
from core.types import Accuracy, Classifier, Features, Images, Labels, Logits


class Edited(nn.Module):
    """A network without some channels at one cut; any attack or evaluation takes it as it takes the whole one.

    Args:
        model: in eval mode.
        keep: the channels that stay, (c,) bool.
        at: the cut; None is the model's default.
    """

    def __init__(self, model: Classifier, keep: Tensor, at: str | None = None) -> None:
        super().__init__()
        self.model, self.keep = model, keep
        self.default_cut = model.default_cut if at is None else at
        self.cuts = (self.default_cut,)
        self.training = model.training

    def features(self, x: Images, at: str | None = None) -> Features:
        """Z with the removed channels zeroed, (n, c, h, w)."""
        return masked(self.model.features(x, self.default_cut), self.keep[None].to(x.device))

    def head(self, z: Features, at: str | None = None) -> Logits:
        """Logits (n, k) of features that were edited before."""
        return self.model.head(z, self.default_cut)

    def forward(self, x: Images) -> Logits:
        return self.head(self.features(x))


@dataclass(frozen=True)
class Operated:
    """What an edited network is still worth.

    Args:
        kept: channels left.
        accuracy: on clean images.
        robust_accuracy: on the attacked ones. They were made against the whole network: an attack on the edited one
            (`core.attacks.run_attack` on `Edited`) may leave less.
        classes: a row a class that has images: `class`, `accuracy`, `robust_accuracy`, `n`.
    """

    kept: int
    accuracy: Accuracy
    robust_accuracy: Accuracy
    classes: pd.DataFrame


class Surgery:
    """Images encoded once, clean and attacked, so that every edit of the network answers at once.

    Where a pooled linear layer follows the cut, only the pooled vectors are needed: zeroing a channel commutes with the
    pooling, so an edit costs one small matrix product.

    Args:
        model: in eval mode.
        clean: what the images put into the tail at the cut: pooled vectors (n, c) where it is a pooled linear layer,
            else features (n, c, h, w). `of_images` makes them, `activations.stored_surgery` reads them.
        attacked: of the same images attacked.
        y: labels, (n,).
        at: the cut; None is the model's default.
    """

    def __init__(self, model: Classifier, clean: Tensor, attacked: Tensor, y: Labels, at: str | None = None) -> None:
        if not len(clean) == len(attacked) == len(y) > 0:
            raise InputError(
                f"Surgery needs one attacked image and one label for each of {len(clean)}, got {len(attacked)} and "
                f"{len(y)}."
            )
        self.model, self.clean, self.attacked, self.y, self.at = model, clean, attacked, y, at
        self.linear = linear_tail(model, at)
        self.channels = clean.shape[1]

    @classmethod
    def of_images(cls, model: Classifier, x: Images, x_adv: Images, y: Labels, at: str | None = None) -> "Surgery":
        """Encode the images `x` and `x_adv` (n, c, h, w); the rest as above."""
        return cls(model, _encoded(model, x, at), _encoded(model, x_adv, at), y, at)

    def operate(self, keep: Tensor) -> Operated:
        """Accuracies of the network with only the channels `keep` (c,) bool."""
        if keep.shape != (self.channels,) or keep.dtype != torch.bool:
            raise InputError(f"Expected one bool for each of {self.channels} channels, got {tuple(keep.shape)}.")
        correct, standing = (self._predicted(encoded, keep) == self.y for encoded in (self.clean, self.attacked))
        return Operated(
            kept=int(keep.sum()),
            accuracy=accuracy(int(correct.sum()), len(correct)),
            robust_accuracy=accuracy(int(standing.sum()), len(standing)),
            classes=_by_class(self.y, correct, standing),
        )

    def by_chance(self, kept: int, draws: int = 20, seed: int = 0) -> list[Operated]:
        """The control: the network with `kept` channels drawn at random, `draws` times."""
        scores = torch.rand(draws, self.channels, generator=generator(seed, "random channels"))
        return [self.operate(row.argsort().argsort() < kept) for row in scores]

    @torch.no_grad()
    def _predicted(self, encoded: Tensor, keep: Tensor) -> Tensor:
        keep = keep.to(encoded.device)
        if self.linear is not None:
            return self.linear(encoded * keep).argmax(dim=1)
        parts = (self.model.head(masked(z, keep[None]), self.at).argmax(dim=1) for z in encoded.split(BATCH))
        return torch.cat(list(parts))


def operate(model: Classifier, x: Images, x_adv: Images, y: Labels, keep: Tensor, at: str | None = None) -> Operated:
    """One edit; for several on the same images make a `Surgery`. Arguments as there."""
    return Surgery.of_images(model, x, x_adv, y, at).operate(keep)


def _encoded(model: Classifier, x: Images, at: str | None) -> Tensor:
    linear, parts = linear_tail(model, at), (features(model, part, at) for part in x.split(BATCH))
    return torch.cat([z if linear is None else pooled(model, z, at) for z in parts])


def _by_class(y: Labels, correct: Tensor, standing: Tensor) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"class": y.cpu().numpy(), "accuracy": correct.cpu().numpy(), "robust_accuracy": standing.cpu().numpy()}
    )
    grouped = rows.groupby("class")
    return grouped[["accuracy", "robust_accuracy"]].mean().assign(n=grouped.size()).reset_index()
