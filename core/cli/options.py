"""The options of an experiment's command, read from its fields by tyro, and the command line that gives a value."""

import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, make_dataclass
from dataclasses import field as dataclass_field
from dataclasses import fields as dataclass_fields
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import tyro
from tyro.conf import FlagCreatePairsOff, arg

from core.analysis.experiment import EXPERIMENTS
from core.analysis.fields import Field, changed, described, fields_of, suited, threat_of, under
from core.attacks import ATTACKS, Attack, ThreatModel
from core.attacks.words import attacks_of, words_of
from core.errors import InputError
from core.models import ModelCard
from core.radius import read_radius, write_radius
from core.registry import unknown_name
from core.types import ClassIndex

Radius = Annotated[str | None, arg(metavar="RADIUS")]  # read by `read_radius`, so that a bad one is one sentence
ALL = "all"
NO_ATTACK = "none"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What every experiment's command takes beside the fields of the experiment.

    Args:
        epsilon: radius of all that is bounded, in pixel units of [0, 1], as 8/255 or a number; by default the model's.
        norm: of the threat model, over all pixels of an image; the model's radius is one of linf, so l2 needs its own.
        data: the data set; by default the one that the model was trained on. Another must have the same classes.
        root: folder of the data sets.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/NAME; by default one under runs/NAME/.
        fresh: compute even what is there.
        json: print one JSON object and nothing else.
    """

    epsilon: Radius = None
    norm: Literal["linf", "l2"] = "linf"
    data: str | None = None
    root: Path | None = None
    device: str = "auto"
    out: Path | None = None
    fresh: bool = False
    json: bool = False

    def threat(self, usual: float) -> ThreatModel:
        """The threat model that is asked for; `usual` is the model's radius, in linf."""
        if self.epsilon is None and self.norm != "linf":
            raise InputError("The model's radius is one of linf; give --epsilon, the l2 radius over a whole image.")
        return ThreatModel(norm=self.norm, epsilon=usual if self.epsilon is None else read_radius(self.epsilon))


class Asked(NamedTuple):
    """What a command line asks for."""

    experiment: Any
    run: Run
    questions: Any


def parse(name: str, arguments: Sequence[str], card: ModelCard | None, questions: type) -> Asked:
    """What the options say of the experiment of this name.

    Args:
        arguments: after the model; --help prints everything that may be said, and exits.
        card: of the model, whose cut, radius and number of images are the defaults; None where only help is wanted.
        questions: a dataclass of further options.
    Raises:
        InputError: a value that does not fit.
        SystemExit: with code 2, after saying so: an unknown option, or words that no option reads.
    """
    kind = EXPERIMENTS[name]
    usual = kind() if card is None else suited(kind, card)
    read: Any = tyro.cli(
        _options(usual, questions, card),
        prog=f"python -m core {name} {'MODEL' if card is None else card.name}",
        description=_description(name, kind),
        args=list(arguments),
        config=(FlagCreatePairsOff,),
    )
    run, asked = (made(**{f.name: getattr(read, f.name) for f in dataclass_fields(made)}) for made in (Run, questions))
    if run.epsilon is not None and threat_of(usual) is None:
        raise InputError(f"Nothing that {name} does is bounded, so --epsilon means nothing; leave it out.")
    threat = run.threat(ThreatModel.epsilon if card is None else card.epsilon)
    values = {
        field.name: _way(field.hint).read(getattr(read, _identifier(field)), threat, card) for field in fields_of(kind)
    }
    return Asked(changed(under(usual, threat), values), run, asked)


def command_of(experiment: Any, card: ModelCard, **run: Any) -> tuple[str, ...]:
    """What stands after `python -m core` to make this very experiment: what differs from the model's defaults, and n.

    Args:
        card: of the model; it must be at hand under its name.
        run: fields of `Run` but for epsilon and norm, which follow from the experiment.
    Raises:
        InputError: an experiment that no command line makes, as its parts are bounded by several threat models.
    """
    kind, threat = type(experiment), threat_of(experiment)
    usual = ThreatModel(epsilon=card.epsilon)
    if threat is not None and under(experiment, threat) != experiment:
        raise InputError("One command attacks under one threat model; split the experiment by its threat models.")
    if threat is not None and threat != usual:
        run |= {"epsilon": write_radius(threat.epsilon), "norm": threat.norm}
    plain = suited(kind, card)
    given = [
        word
        for field in fields_of(kind)
        if field.name == "n" or field.of(under(experiment, usual)) != field.of(plain)
        for word in _words(_option(field), _written(field, experiment, card))
    ]
    rest = [word for name, value in run.items() for word in _words(name.replace("_", "-"), value)]
    return (EXPERIMENTS.name_of(experiment), card.name, *given, *rest)


class _Way(NamedTuple):
    """How the values of a field stand on the command line: the type for tyro, and to and from values of that type."""

    kind: Any
    read: Callable[[Any, ThreatModel, ModelCard | None], Any]
    write: Callable[[Any, ModelCard | None], Any]


def _way(hint: Any) -> _Way:
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    item = get_args(hint)[0] if get_origin(hint) is tuple else None
    if ThreatModel in kinds:
        return _Way(bool, lambda wanted, threat, _: threat if wanted else None, lambda threat, _: threat is not None)
    if _is_attack(kinds[0]):
        return _Way(str, lambda words, threat, _: _one(words, threat, kinds), lambda attack, _: _word(attack))
    if _is_attack(item):
        return _Way(str, lambda words, threat, _: attacks_of(words, threat), lambda attacks, _: words_of(attacks))
    if item is ClassIndex:
        return _Way(tuple[str, ...], lambda names, _, card: _classes(names, card), _class_names)
    return _Way(hint, lambda value, *_: value, lambda value, _: value)


def _is_attack(hint: Any) -> bool:
    return hint is Attack or hint in ATTACKS.values()


def _word(attack: Attack | None) -> str:
    return NO_ATTACK if attack is None else words_of([attack])


def _one(words: str, threat: ThreatModel, kinds: tuple[Any, ...]) -> Attack | None:
    """The attack that is written, or none where the field may hold none."""
    if words == NO_ATTACK and type(None) in kinds:
        return None
    attack, *more = attacks_of(words, threat)
    if more:
        raise InputError(f"Expected one attack, got {words[:80]!r}.")
    if kinds[0] is not Attack and not isinstance(attack, kinds[0]):
        raise InputError(f"Expected {ATTACKS.name_of(kinds[0])} with or without settings, got {words[:80]!r}.")
    return attack


def _classes(names: tuple[str, ...], card: ModelCard | None) -> tuple[int, ...]:
    """Indices of the classes of these names; of all of them for the word all."""
    known = card.class_names if card else ()
    if names == (ALL,) and ALL not in known:
        return tuple(range(len(known)))
    if unknown := [name for name in names if name not in known]:
        raise InputError(unknown_name("class", unknown[0], known))
    return tuple(dict.fromkeys(known.index(name) for name in names))


def _class_names(classes: tuple[int, ...], card: ModelCard | None) -> tuple[str, ...]:
    return tuple(card.class_names[index] for index in classes) if card else ()


def _options(usual: Any, questions: type, card: ModelCard | None) -> type:
    """A flat dataclass of every option, for tyro to read."""
    asked = [
        (
            _identifier(field),
            _way(field.hint).kind,
            arg(name=_option(field), help=field.help),
            _written(field, usual, card),
        )
        for field in fields_of(type(usual))
    ]
    asked += [
        (field.name, field.hint, arg(help=field.help), getattr(kind, field.name))
        for kind in (questions, Run)
        for field in described(kind)
    ]
    options: list[Any] = [
        (name, Annotated[kind, said], dataclass_field(default=default)) for name, kind, said, default in asked
    ]
    return make_dataclass("Options", options, frozen=True, kw_only=True)


def _identifier(field: Field) -> str:
    return field.name.replace(".", "__")


def _option(field: Field) -> str:
    return field.name.replace("_", "-")


def _written(field: Field, experiment: Any, card: ModelCard | None) -> Any:
    return _way(field.hint).write(field.of(experiment), card)


def _words(option: str, value: Any) -> Iterator[str]:
    """An option with its value, as words of a command line; nothing where there is nothing to say."""
    if isinstance(value, bool):
        yield f"--{option}" if value else f"--no-{option}"
    elif isinstance(value, tuple):
        yield from (f"--{option}", *map(str, value))
    elif value is not None:
        yield from (f"--{option}={value}",) if str(value).startswith("-") else (f"--{option}", str(value))


def _description(name: str, kind: type) -> str:
    """What the docstring says before its arguments, but for what is stored; and an example."""
    text, _, _ = cleandoc(kind.__doc__ or "").partition("\nArgs:")
    said = [part for part in text.split("\n\n") if not part.startswith("Table")]
    return "\n\n".join([*said, f"python -m core {name} shapes-vgg16-adv"])
