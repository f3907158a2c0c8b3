"""What a defense is: an objective that maps images and labels to a loss and its named terms."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol, Self

import torch
from torch import Generator, Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from core.attacks import PGD
from core.attacks.pgd import ascend
from core.registry import Registry
from core.types import Classifier, Images, Labels, Logits


@dataclass(frozen=True)
class Loss:
    """What an objective says of one batch.

    Args:
        total: the scalar to descend.
        logits: (n, k) of the images that the total was computed on, for the record of accuracy.
        terms: the parts of the total by name, for the record; scalars.
    """

    total: Tensor
    logits: Logits
    terms: dict[str, Tensor] = field(default_factory=dict)


class Objective(Protocol):
    """A frozen value called as `objective(model, x, y, generator=g) -> Loss`, with the model in training mode."""

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss: ...

    def at_strength(self, fraction: float) -> Self:
        """The same objective with its radius, if it has one, multiplied by `fraction`."""
        ...


DEFENSES: Registry[Any] = Registry("defense")


def build_objective(defense: str, **options: Any) -> Objective:
    """A defense by name, given those of the options that it has a field for (a standard one has no `attack`).

    Raises:
        InputError: unknown name.
    """
    entry = DEFENSES[defense]
    return entry(**{f.name: options[f.name] for f in fields(entry) if f.name in options})


def attacked(model: nn.Module, attack: PGD, x: Images, y: Labels, generator: Generator) -> Images:
    """The attack's images (n, c, h, w), made in eval mode: batch-norm statistics and every `.grad` stay as they are."""
    with evaluating(unwrapped(model)) as inner:
        return attack(inner, x, y, generator=generator)


def maximized(
    model: nn.Module,
    attack: PGD,
    loss: Callable[[Classifier, Images], Callable[[Logits], Tensor]],
    x: Images,
    start: float | None,
    generator: Generator,
) -> Images:
    """Images (n, c, h, w) of the attack's ball with a high loss, made in eval mode with its steps and step size.

    Args:
        model: as the objective got it.
        attack: threat model and schedule.
        loss: called as `loss(model, x)` once, then on logits (n, k) for one number an image.
        x: the centers of the balls.
        start: standard deviation of a Gaussian start, pixel units; None is uniform in the ball.
        generator: of the start.
    """
    threat = attack.threat
    if start is None:
        x_adv = threat.random_start(x, generator)
    else:
        x_adv = threat.project(x + start * torch.randn(x.shape, generator=generator).to(x.device), x)
    with evaluating(unwrapped(model)) as inner:
        return ascend(threat, inner, loss(inner, x), x, x_adv, attack.steps, attack.step)


def unwrapped(model: nn.Module) -> Any:
    """The network without its distributed wrapper, whose backward pass would wait for the other processes."""
    return model.module if isinstance(model, DistributedDataParallel) else model


@contextmanager
def evaluating(model: Any) -> Iterator[Any]:
    """The network in eval mode inside the block; afterwards every module has its own mode again."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield model
    finally:
        for module in training:
            module.training = True


def weakened(attack: Any, fraction: float) -> Any:
    """The attack with its radius, and its step size where that is in pixels, multiplied by `fraction`."""
    changes: dict[str, Any] = {"threat": replace(attack.threat, epsilon=attack.threat.epsilon * fraction)}
    if getattr(attack, "step_size", None) is not None:
        changes["step_size"] = attack.step_size * fraction
    return replace(attack, **changes)
