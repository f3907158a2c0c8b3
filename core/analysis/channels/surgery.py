"""Cutting channels out of a network: what is left of its accuracy, and how few it takes to change its mind."""

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


@dataclass(frozen=True)
class Flip:
    """The smallest set of channels whose removal changes what the network says of one image.

    Args:
        channels: to remove, those that contribute most first.
        before, after: predicted classes.
        exact: whether no smaller set exists (a pooled linear tail); else the set was found greedily.
    """

    channels: tuple[int, ...]
    before: int
    after: int
    exact: bool


@torch.no_grad()
def smallest_flip(model: Classifier, z: Features, at: str | None = None) -> Flip | None:
    """The fewest channels of one image's features `z` (1, c, h, w) without which the network predicts another class.

    With a pooled linear tail (W, b) and pooled vector p, the margin of the predicted class i over j without the
    channels S is b_i - b_j + sum over k not in S of p_k (W_ik - W_jk), so that for each j removing the largest terms
    first is optimal, and the smallest of these sets is the smallest of all. Behind any other tail the channel whose
    removal leaves the smallest margin is removed, again and again.

    Returns:
        None where no removal helps: what is left, at the end the bias alone, still predicts the same class.
    """
    linear = linear_tail(model, at)
    return _greedy(model, z, at) if linear is None else _exact(linear, pooled(model, z, at)[0])


def _exact(linear: nn.Linear, vector: Tensor) -> Flip | None:
    logits = linear(vector)
    before = int(logits.argmax())
    terms = vector * (linear.weight[before] - linear.weight)  # (k, c): what each channel adds to the margin over j
    order = terms.argsort(dim=1, descending=True, stable=True)
    margins = (logits[before] - logits)[:, None] - terms.gather(1, order).cumsum(dim=1)
    holding = (margins >= 0).int().cumprod(dim=1).sum(dim=1)  # removals that do not yet flip, rival by rival
    rival = int(holding.argmin())
    for size in range(int(holding[rival]) + 1, len(vector) + 1):  # once, unless rounding hides a margin of almost zero
        removed = order[rival, :size]
        after = int(linear(vector.index_fill(0, removed, 0)).argmax())
        if after != before:
            return Flip(tuple(removed.tolist()), before, after, exact=True)
    return None


def _greedy(model: Classifier, z: Features, at: str | None) -> Flip | None:
    before = int(model.head(z, at).argmax())
    keep = torch.ones(z.shape[1], dtype=torch.bool, device=z.device)
    removed: list[int] = []
    while bool(keep.any()):
        candidates = keep.nonzero()[:, 0]
        masks = keep.repeat(len(candidates), 1)
        masks[torch.arange(len(candidates)), candidates] = False
        logits = torch.cat([model.head(masked(z, part), at) for part in masks.split(BATCH)])
        others = logits.clone()
        others[:, before] = -torch.inf
        best = int((logits[:, before] - others.amax(dim=1)).argmin())
        keep = masks[best]
        removed.append(int(candidates[best]))
        after = int(logits[best].argmax())
        if after != before:
            return Flip(tuple(removed), before, after, exact=False)
    return None


def _by_class(y: Labels, correct: Tensor, standing: Tensor) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"class": y.cpu().numpy(), "accuracy": correct.cpu().numpy(), "robust_accuracy": standing.cpu().numpy()}
    )
    grouped = rows.groupby("class")
    return grouped[["accuracy", "robust_accuracy"]].mean().assign(n=grouped.size()).reset_index()
