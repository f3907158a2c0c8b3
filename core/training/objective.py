"""What a defense is: an objective that maps images and labels to a loss and its named terms."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol, Self

from torch import Generator, Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from core.attacks import Attack
from core.registry import Registry
from core.types import Images, Labels, Logits


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


def attacked(model: nn.Module, attack: Attack, x: Images, y: Labels, generator: Generator) -> Images:
    """The attack's images (n, c, h, w), made in eval mode: batch-norm statistics and every `.grad` stay as they are.

    A distributed model is attacked without its wrapper, whose backward pass would wait for the other processes.
    """
    inner: Any = model.module if isinstance(model, DistributedDataParallel) else model
    with evaluating(inner):
        return attack(inner, x, y, generator=generator)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The network in eval mode inside the block; afterwards every module has its own mode again."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


def weakened(attack: Any, fraction: float) -> Any:
    """The attack with its radius, and its step size where that is in pixels, multiplied by `fraction`."""
    changes: dict[str, Any] = {"threat": replace(attack.threat, epsilon=attack.threat.epsilon * fraction)}
    if getattr(attack, "step_size", None) is not None:
        changes["step_size"] = attack.step_size * fraction
    return replace(attack, **changes)
