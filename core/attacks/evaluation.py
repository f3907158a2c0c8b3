"""Accuracy under attack. An image's result never depends on the images that share its batch."""

import time
from collections.abc import Iterable, Sequence

import torch
from torch import Generator, Tensor

from core.attacks.counting import Counted
from core.attacks.outcome import COSTS, Attacked, Outcome
from core.attacks.registry import ATTACKS, Attack
from core.attacks.threat import l2_norm, linf_norm
from core.errors import InputError
from core.seeding import generator
from core.types import Accuracy, Classifier, Images, Labels, OnStep


@torch.no_grad()
def predictions(model: Classifier, x: Images, *, batch_size: int = 250) -> Labels:
    """The most probable class of every image, (n,).

    Raises:
        InputError: a network in training mode, whose answers depend on the batch.
    """
    if model.training:
        raise InputError("Accuracy is measured in eval mode, but the network is in training mode; call .eval() first.")
    found = torch.zeros(len(x), dtype=torch.long, device=x.device)
    for rows in _batches(torch.arange(len(x), device=x.device), batch_size):
        found[rows] = model(x[rows]).argmax(dim=1)
    return found


def classified(model: Classifier, x: Images, y: Labels, *, batch_size: int = 250) -> Tensor:
    """Which images the network classifies as labeled, (n,) bool.

    Raises:
        InputError: a network in training mode, whose answers depend on the batch.
    """
    return predictions(model, x, batch_size=batch_size) == y


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
        InputError: a network in training mode, or what the attack refuses.
    """
    before = predictions(model, x, batch_size=batch_size)
    rows, done = (before == y).nonzero().flatten(), list[Attacked]()
    for part in _batches(rows, batch_size):
        done.append(attack_batch(model, attack, x[part], y[part], part, seed)[1])
        if on_step:
            on_step(sum(map(len, done)), len(rows))
    return Outcome.of(attack, before, y, done)


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


def attack_draws(attack: Attack, seed: int, rows: Iterable[int]) -> list[Generator]:
    """A generator for each image, by its position: the same start wherever this attack with this seed meets it."""
    return [generator(seed, ATTACKS.name_of(attack), int(row)) for row in rows]


def attack_batch(
    model: Classifier, attack: Attack, x: Images, y: Labels, rows: Tensor, seed: int
) -> tuple[Images, Attacked]:
    """Attack images `x` (m, c, h, w), labeled `y`, at the positions `rows` (m,); pixels, and what is counted of them.

    Raises:
        InputError: a network in training mode, or what the attack refuses.
    """
    began, counted = time.perf_counter(), Counted(model)
    x_adv = attack(counted, x, y, generator=attack_draws(attack, seed, rows.tolist()))
    predicted = predictions(model, x_adv, batch_size=len(x)).cpu()  # waits for the device; then the clock
    totals = torch.tensor([time.perf_counter() - began, *counted.passes], dtype=torch.float64)
    costs = (totals / len(rows)).expand(len(rows), len(COSTS))
    return x_adv, Attacked(rows.cpu(), predicted, l2_norm(x_adv - x).cpu(), linf_norm(x_adv - x).cpu(), costs)


def _batches(rows: Tensor, size: int) -> Sequence[Tensor]:
    return rows.split(size) if len(rows) else ()
