"""Accuracy under attack, with its interval. An image's result never depends on the images that share its batch."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.attacks.registry import ATTACKS, Attack
from core.attacks.threat import l2_norm, linf_norm
from core.config import to_dict
from core.seeding import generator
from core.types import Accuracy, Classifier, Images, InputError, Labels, OnStep

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True)
class Outcome:
    """What one attack did to each of n images, on the CPU. An image misclassified from the start is not attacked.

    Args:
        attack: the value that was called.
        clean: (n,) bool, classified correctly before.
        correct: (n,) bool, classified correctly before and after.
        l2: (n,) Euclidean size of the perturbation, 0 where there was no attack.
        linf: (n,) its largest entry.
        seconds: of the attack and of reading its result.
    """

    attack: Attack
    clean: Tensor
    correct: Tensor
    l2: Tensor
    linf: Tensor
    seconds: float

    @property
    def accuracy(self) -> Accuracy:
        """Robust accuracy over all n images; one misclassified from the start counts as fooled."""
        return accuracy(int(self.correct.sum()), len(self.correct), record(self.attack))

    @property
    def turned(self) -> Tensor:
        """Which images (n,) bool the attack changed from right to wrong."""
        return self.clean & ~self.correct

    @property
    def gradient_evaluations(self) -> int:
        """Forward and backward passes of one image, over all images attacked."""
        return int(self.clean.sum()) * self.attack.schedule.steps


def accuracy(correct: int, n: int, attack: dict[str, Any] | None = None) -> Accuracy:
    """correct / n with its 95 % Wilson score interval (Wilson 1927).

        (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)

    Args:
        correct: images classified correctly.
        n: images counted.
        attack: the attack as plain data; None is clean accuracy.
    Raises:
        InputError: no image, or more correct ones than there are.
    """
    if not 0 <= correct <= n or n == 0:
        raise InputError(f"Accuracy needs at least 1 image and at most as many correct ones, got {correct} of {n}.")
    p, spread = correct / n, Z95**2 / n
    center = (p + spread / 2) / (1 + spread)
    half = math.sqrt(p * (1 - p) * spread + spread**2 / 4) / (1 + spread)
    # The ends are exact where p is 0 or 1; rounding must not put them past it.
    low, high = 0.0 if correct == 0 else center - half, 1.0 if correct == n else center + half
    return Accuracy(value=p, n=n, low=low, high=high, attack=attack)


def record(attack: Attack) -> dict[str, Any]:
    """An attack as plain data: its name, its fields, and the steps, step size and restarts that it really takes."""
    schedule = attack.schedule
    return {**to_dict(attack), "name": ATTACKS.name_of(attack), **schedule._asdict()}


@torch.no_grad()
def classified(
    model: Classifier, x: Images, y: Labels, *, batch_size: int = 250, on_step: OnStep | None = None
) -> Tensor:
    """Which images the network classifies as labeled, (n,) bool.

    Raises:
        InputError: a network in training mode, whose answers depend on the batch.
    """
    if model.training:
        raise InputError("Accuracy is measured in eval mode, but the network is in training mode; call .eval() first.")
    found = torch.zeros(len(x), dtype=torch.bool, device=x.device)
    for rows in _batches(torch.arange(len(x), device=x.device), batch_size):
        found[rows] = model(x[rows]).argmax(dim=1) == y[rows]
        if on_step:
            on_step(int(rows[-1]) + 1, len(x))
    return found


def run_attack(
    model: Classifier,
    attack: Attack,
    x: Images,
    y: Labels,
    *,
    seed: int = 0,
    batch_size: int = 250,
    on_step: OnStep | None = None,
) -> Outcome:
    """Attack every image that is classified correctly.

    Each image has its own generator, made from the seed, the attack's name and the image's position, so that its start
    depends neither on the batch size nor on which other images are still in the batch.

    Args:
        model: in eval mode, on the device of `x`.
        attack: a value of `ATTACKS`.
        x: images, (n, c, h, w).
        y: their true labels, (n,).
        seed: of the random starts.
        batch_size: images at a time.
        on_step: called as `on_step(done, total)` with images that need attacking.
    Raises:
        InputError: a network in training mode.
    """
    clean = classified(model, x, y, batch_size=batch_size)
    correct, l2, linf = torch.zeros_like(clean), x.new_zeros(len(x)), x.new_zeros(len(x))
    alive, done, began = clean.nonzero().flatten(), 0, time.perf_counter()
    for rows in _batches(alive, batch_size):
        draws = [generator(seed, ATTACKS.name_of(attack), row) for row in rows.tolist()]
        x_adv = attack(model, x[rows], y[rows], generator=draws)
        correct[rows] = classified(model, x_adv, y[rows], batch_size=batch_size)
        l2[rows], linf[rows] = l2_norm(x_adv - x[rows]), linf_norm(x_adv - x[rows])
        done += len(rows)
        if on_step:
            on_step(done, len(alive))
    clean, correct, l2, linf = (t.cpu() for t in (clean, correct, l2, linf))  # waits for the device; then the clock
    return Outcome(attack, clean, correct, l2, linf, seconds=time.perf_counter() - began)


def robust_accuracy(
    model: Classifier,
    attack: Attack,
    x: Images,
    y: Labels,
    *,
    seed: int = 0,
    batch_size: int = 250,
    on_step: OnStep | None = None,
) -> Accuracy:
    """Fraction of the images still classified as labeled after the attack; arguments as for `run_attack`."""
    return run_attack(model, attack, x, y, seed=seed, batch_size=batch_size, on_step=on_step).accuracy


def worst_case(outcomes: Sequence[Outcome]) -> Accuracy:
    """Fraction of the images that none of the attacks turned: the minimum is taken image by image."""
    standing = torch.stack([outcome.correct for outcome in outcomes]).all(dim=0)
    names = [ATTACKS.name_of(outcome.attack) for outcome in outcomes]
    return accuracy(int(standing.sum()), len(standing), {"name": "worst case", "over": names})


def _batches(rows: Tensor, size: int) -> Sequence[Tensor]:
    return rows.split(size) if len(rows) else ()
