"""What an attack did to images, an entry an image, and the accuracies that follow from it, with their intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.attacks.counting import Passes
from core.attacks.registry import ATTACKS, Attack
from core.config import to_dict
from core.statistics import accuracy
from core.types import Accuracy, Labels

COSTS = ("seconds", *Passes._fields)


@dataclass(frozen=True)
class Attacked:
    """What an attack did to m of the images, in any order, on the CPU.

    Args:
        rows: positions of the images, (m,).
        predicted: the class that the network sees afterwards, (m,).
        l2: Euclidean size of the perturbation, (m,).
        linf: its largest entry, (m,).
        costs: `COSTS` of each image, (m, 5) in double precision: those of its batch, shared evenly.
    """

    rows: Tensor
    predicted: Tensor
    l2: Tensor
    linf: Tensor
    costs: Tensor

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Outcome:
    """What one attack did to each of n images, on the CPU. An image misclassified from the start is not attacked.

    Args:
        attack: the value that was called.
        clean: (n,) bool, classified correctly before.
        correct: (n,) bool, classified correctly before and after.
        predicted: (n,) the class that the network sees afterwards.
        l2: (n,) Euclidean size of the perturbation, 0 where there was no attack.
        linf: (n,) its largest entry.
        costs: (n, 5) `COSTS` of each image: those of its batch, shared evenly; 0 where there was no attack.
    """

    attack: Attack
    clean: Tensor
    correct: Tensor
    predicted: Tensor
    l2: Tensor
    linf: Tensor
    costs: Tensor

    @staticmethod
    def of(attack: Attack, before: Tensor, y: Labels, done: Sequence[Attacked]) -> "Outcome":
        """From the classes seen before, (n,), and what was done to the images among them that were as labeled."""
        before, y = before.cpu(), y.cpu()
        predicted, l2, linf = before.clone(), torch.zeros(len(y)), torch.zeros(len(y))
        costs = torch.zeros(len(y), len(COSTS), dtype=torch.float64)
        for part in done:
            predicted[part.rows], l2[part.rows], linf[part.rows] = part.predicted, part.l2, part.linf
            costs[part.rows] = part.costs
        clean = before == y
        return Outcome(attack, clean, clean & (predicted == y), predicted, l2, linf, costs)

    @property
    def accuracy(self) -> Accuracy:
        """Robust accuracy over all n images; one misclassified from the start counts as fooled."""
        return accuracy(int(self.correct.sum()), len(self.correct), record(self.attack))

    @property
    def turned(self) -> Tensor:
        """Which images (n,) bool the attack changed from right to wrong."""
        return self.clean & ~self.correct

    @property
    def seconds(self) -> float:
        """Of the attack and of reading its result, over all images; of all processes together."""
        return float(self.costs[:, 0].sum())

    @property
    def passes(self) -> Passes:
        """Images through the network on the attack's behalf, as counted."""
        return Passes(*(round(total) for total in self.costs[:, 1:].sum(dim=0).tolist()))


def record(attack: Attack) -> dict[str, Any]:
    """An attack as plain data: its name, its fields, and the steps, step size and restarts that it really takes."""
    schedule = attack.schedule
    return {**to_dict(attack), "name": ATTACKS.name_of(attack), **schedule._asdict()}


def label_of(attack: Attack) -> str:
    """The attack's name and the fields that are not as it comes, its threat model aside: "pgd steps=100"."""
    usual = dict(_flat(to_dict(type(attack)())))
    own = [(name, value) for name, value in _flat(to_dict(attack)) if usual.get(name, ...) != value]
    return " ".join([ATTACKS.name_of(attack), *(f"{name}={_said(value)}" for name, value in own)])


def _flat(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values, those of a dataclass inside with a dot between."""
    for name, value in fields.items():
        if isinstance(value, dict) and name != "threat":
            yield from _flat(value, f"{prefix}{name}.")
        elif name not in ("threat", "kind"):
            yield prefix + name, value


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def worst_case(outcomes: Sequence[Outcome]) -> Accuracy:
    """Fraction of the images that none of the attacks turned: the minimum is taken image by image."""
    standing = torch.stack([outcome.correct for outcome in outcomes]).all(dim=0)
    names = [label_of(outcome.attack) for outcome in outcomes]
    return accuracy(int(standing.sum()), len(standing), {"name": "worst case", "over": names})
