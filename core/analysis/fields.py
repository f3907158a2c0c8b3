"""The fields of an experiment as they are asked for: one flat list, from which options, forms and commands are made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from inspect import cleandoc
from typing import Any, get_type_hints

from docstring_parser import parse

from core.attacks import ThreatModel
from core.datasets import DATASETS
from core.distillation import Bottleneck
from core.models import ModelCard
from core.visualization import Visualization, released

NESTED = (Bottleneck, Visualization)  # values whose own fields are asked for
SHARED = ("cut",)  # what nested values must agree on: asked for once
Path = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One thing to ask for.

    Args:
        name: that of the field; after the name of the value it lies in and a dot where another field has the name.
        hint: the type of its values.
        help: what the docstring says of it.
        paths: where the value goes, in the experiment and in the values inside it.
    """

    name: str
    hint: Any
    help: str
    paths: tuple[Path, ...]

    def of(self, experiment: Any) -> Any:
        """Its value."""
        value = experiment
        for name in self.paths[0]:
            value = getattr(value, name)
        return value


def fields_of(kind: type) -> tuple[Field, ...]:
    """Everything that is asked for to make an experiment of this class, in the order of its fields."""
    found: dict[str, Field] = {}
    for field in described(kind):
        if field.hint not in NESTED:
            found[field.name] = field
            continue
        for inner in described(field.hint):
            path, before = (field.name, inner.name), found.get(inner.name)
            if before and inner.name in SHARED:
                found[inner.name] = replace(before, paths=(*before.paths, path))
            else:
                name = ".".join(path) if before else inner.name
                found[name] = replace(inner, name=name, paths=(path,))
    return tuple(found.values())


def described(kind: type) -> list[Field]:
    """The fields of a dataclass itself, each with what the docstring says of it."""
    hints, texts = get_type_hints(kind, include_extras=True), _help(kind)
    return [Field(f.name, hints[f.name], texts.get(f.name, ""), ((f.name,),)) for f in fields(kind)]


def changed(experiment: Any, values: Mapping[str, Any]) -> Any:
    """The experiment with other values, by the names of `fields_of`.

    Raises:
        InputError: a value outside its range.
    """
    own: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for field in fields_of(type(experiment)):
        for path in field.paths if field.name in values else ():
            if len(path) == 1:
                own[path[0]] = values[field.name]
            else:
                inside.setdefault(path[0], {})[path[1]] = values[field.name]
    nested = {name: replace(getattr(experiment, name), **new) for name, new in inside.items()}
    return replace(experiment, **own, **nested)


def suited(kind: type, card: ModelCard) -> Any:
    """The experiment of this class with its own settings: at the model's cut and radius, on images that there are."""

    def fitted(value: Any) -> Any:
        if isinstance(value, Visualization):
            value = released(card.image_size)
        return replace(value, cut=card.cut) if isinstance(value, NESTED) else value

    experiment = under(_mapped(kind(), fitted), ThreatModel(epsilon=card.epsilon))
    count = DATASETS[card.data].info.test_count if card.data in DATASETS else None
    sizes = {f.name: getattr(experiment, f.name) for f in fields(kind) if f.name == "n" or f.name.endswith("_n")}
    return replace(experiment, **{name: min(size, count or size) for name, size in sizes.items()})


def threat_of(experiment: Any) -> ThreatModel | None:
    """The threat model of all that is bounded; None where nothing is."""
    for value in _parts(experiment):
        threat = value if isinstance(value, ThreatModel) else getattr(value, "threat", None)
        if isinstance(threat, ThreatModel):
            return threat
    return None


def under(experiment: Any, threat: ThreatModel) -> Any:
    """The experiment with another threat model for all that is bounded.

    Raises:
        InputError: a radius that the experiment cannot take.
    """

    def bounded(value: Any) -> Any:
        if isinstance(value, ThreatModel):
            return threat
        return replace(value, threat=threat) if isinstance(getattr(value, "threat", None), ThreatModel) else value

    return _mapped(experiment, bounded)


def _help(kind: type) -> dict[str, str]:
    """What the docstrings of a class and of those above it say of each argument."""
    found: dict[str, str] = {}
    for above in kind.__mro__:
        for argument in parse(cleandoc(above.__doc__ or "")).params:
            text = " ".join((argument.description or "").split())
            found |= {name: text for name in argument.arg_name.split(", ") if name not in found}
    return found


def _parts(experiment: Any) -> Iterator[Any]:
    """The values of all fields; of a field with several, each."""
    for field in fields(experiment):
        value = getattr(experiment, field.name)
        yield from value if isinstance(value, tuple) else (value,)


def _mapped(experiment: Any, change: Callable[[Any], Any]) -> Any:
    def each(value: Any) -> Any:
        return tuple(map(change, value)) if isinstance(value, tuple) else change(value)

    return replace(experiment, **{f.name: each(getattr(experiment, f.name)) for f in fields(experiment)})
