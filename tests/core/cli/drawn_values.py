"""Values of dataclasses with fields drawn anew, for tests that hold for any of them."""

import random
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from core.analysis.fields import changed, fields_of, under
from core.attacks import ATTACKS, Attack, ThreatModel
from core.errors import InputError
from core.models import ModelCard
from core.types import ClassIndex

TEXTS = ("", "as chosen by hand", "-5 to 5; 'a' and \"b\"", "=")


def other_experiment(experiment: Any, card: ModelCard, draw: random.Random) -> Any:
    """With about half of its fields drawn anew; a draw that it refuses leaves it as it was."""
    for field in fields_of(type(experiment)):
        if draw.random() < 0.5:
            try:
                experiment = changed(experiment, {field.name: _value(field.of(experiment), field.hint, card, draw)})
            except InputError:
                continue
    try:
        return under(experiment, draw.choice((ThreatModel(epsilon=card.epsilon), _threat(draw))))
    except InputError:
        return experiment


def _threat(draw: random.Random) -> ThreatModel:
    return draw.choice((ThreatModel(norm="l2", epsilon=draw.random() * 3), ThreatModel(epsilon=8 / 255), ThreatModel()))


def _value(old: Any, hint: Any, card: ModelCard, draw: random.Random) -> Any:
    kinds = get_args(hint)
    if get_origin(hint) is Literal:
        return draw.choice(kinds)
    if get_origin(hint) is tuple:
        return tuple(dict.fromkeys(_value(None, kinds[0], card, draw) for _ in range(draw.randint(0, 3))))
    if ThreatModel in kinds:
        return draw.choice((None, ThreatModel(epsilon=card.epsilon)))
    if hint is ClassIndex:
        return draw.randrange(card.num_classes)
    if hint is Attack or Attack in kinds or isinstance(old, tuple(ATTACKS.values())):
        known = list(ATTACKS.values()) if hint not in ATTACKS.values() else [hint]
        return None if type(None) in kinds and draw.random() < 0.3 else draw.choice(known)()
    return _plain(old, kinds or (hint,), draw)


def _plain(old: Any, kinds: tuple[Any, ...], draw: random.Random) -> Any:
    drawn: Mapping[Any, Any] = {
        bool: not old,
        int: draw.randint(0, 400),
        float: draw.choice((0.0, draw.random(), 1e-7, draw.uniform(-40, 40))),
        str: draw.choice(TEXTS),
    }
    return drawn[kinds[0]]
