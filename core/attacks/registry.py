"""What an attack is, and all of them by name."""

from dataclasses import fields
from typing import Any, NamedTuple, Protocol

from core.attacks.threat import MinimalNorm, ThreatModel
from core.registry import Registry
from core.seeding import Draws
from core.types import Classifier, Images, Labels


class Schedule(NamedTuple):
    """What an attack takes for one image: `steps` gradient evaluations (queries, where it uses no gradient).

    Args:
        steps: of one restart, at most.
        step_size: pixel units; None where it is chosen on the way.
        restarts: independent starts.
    """

    steps: int
    step_size: float | None = None
    restarts: int = 1


class Attack(Protocol):
    """A frozen value called as `attack(model, x, y, generator=g) -> x_adv`. It leaves mode, parameters, `.grad` alone.

    Given one generator, it draws for the whole batch; given one an image, no image's draws depend on its batch. A
    bounded attack has a field `threat`, a `ThreatModel`, and stays inside; any other has a property, a `MinimalNorm`.
    """

    @property
    def threat(self) -> ThreatModel | MinimalNorm: ...

    @property
    def schedule(self) -> Schedule: ...

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images: ...


ATTACKS: Registry[Any] = Registry("attack")


def build_attack(name: str, threat: ThreatModel, **options: Any) -> Attack:
    """An attack by name, given the threat model and those of the options that it has a field for.

    Raises:
        InputError: unknown name, or an option outside its range.
    """
    entry = ATTACKS[name]
    given = {"threat": threat, **options}
    return entry(**{f.name: given[f.name] for f in fields(entry) if f.name in given})


def bounded_attacks() -> tuple[str, ...]:
    """Names of the attacks that stay inside a ball; the others minimize a norm, and stand in tables of their own."""
    return tuple(name for name, entry in ATTACKS.items() if any(f.name == "threat" for f in fields(entry)))


def epsilon_of(attack: Attack) -> float | None:
    """The attack's radius in pixel units; None where it is not bounded."""
    return attack.threat.epsilon if isinstance(attack.threat, ThreatModel) else None
