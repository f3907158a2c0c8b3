"""How long attacking and distilling one image takes on this machine: a short measurement, times what is asked for."""

import math
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor

from core.attacks import Attack
from core.attacks.expected import expected_passes
from core.distillation import Bottleneck, Rows
from core.distillation.bottleneck import rows_at_once
from core.distillation.tails import pooled_tail
from core.types import Classifier, Features, Images

TRIES = 2  # of which the quicker counts, as others may be at work on the machine
BY_HAND = 3e-4  # seconds of a step and draw in closed form, as measured; rows hardly matter
SOME = 2  # steps of the distiller that are measured


class Speed(NamedTuple):
    """Seconds of one image: forward, and forward and backward."""

    forward: float
    gradient: float


def speed(model: Classifier, x: Images) -> Speed:
    """Measured on one image (1, c, h, w)."""
    return Speed(_seconds(lambda: _forward(model, x)), _seconds(lambda: _gradient(model, x)))


def attack_seconds(attack: Attack | None, classes: int, measured: Speed) -> float:
    """Of an attack on one image, at most; 0 without one."""
    if attack is None:
        return 0.0
    passes = expected_passes(attack, classes)
    if not passes.gradients:
        return passes.forwards * measured.forward
    return passes.forwards * measured.gradient + max(0, passes.gradients - passes.forwards) * measured.gradient / 2


def step_seconds(model: Classifier, z: Features, bottleneck: Bottleneck, rows: int) -> float:
    """Measured: of one step over so many rows of the features `z` (1, c, h, w), of which some go at once."""
    if pooled_tail(model, bottleneck.cut) is not None:
        return BY_HAND * bottleneck.noise_draws
    at_once = min(rows, rows_at_once(z))
    few = Bottleneck(steps=SOME, noise_draws=bottleneck.noise_draws, cut=bottleneck.cut)
    y, image = torch.zeros(2, at_once, dtype=torch.int64, device=z.device)
    some = Rows(model=model, z=z, image=image, y=y, beta=torch.full((at_once,), 0.3), seeds=[0] * at_once)
    return _seconds(lambda: few.of_rows([some])) / SOME * math.ceil(rows / at_once)


def _seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TRIES):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return min(times)


def _forward(model: Classifier, x: Images) -> Tensor:
    with torch.no_grad():
        return model(x)


def _gradient(model: Classifier, x: Images) -> Tensor:
    x = x.detach().clone().requires_grad_(True)
    return torch.autograd.grad(model(x).sum(), x)[0]
