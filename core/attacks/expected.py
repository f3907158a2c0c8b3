"""How many passes an attack makes of one image at most: what a person is told before it begins."""

from core.attacks.autoattack import AutoAttack
from core.attacks.counting import Passes
from core.attacks.fab import FAB
from core.attacks.nrf import ChannelAttack
from core.attacks.registry import Attack
from core.attacks.square import Square


def expected_passes(attack: Attack, classes: int) -> Passes:
    """Forward and backward passes of one image that withstands to the end, as the schedule says; nothing is run."""
    if isinstance(attack, AutoAttack):
        return Passes(*map(sum, zip(*(expected_passes(part, classes) for part in attack.parts), strict=True)))
    schedule = attack.schedule
    forwards = schedule.steps * schedule.restarts
    if isinstance(attack, Square):
        return Passes(forwards=forwards)
    at_once = classes if isinstance(attack, FAB) and attack.targets is None else 1  # a gradient towards each class
    again = 2 if isinstance(attack, ChannelAttack) else 1  # a gradient at the cut, and one through it
    return Passes(forwards=forwards, gradients=forwards * at_once * again)
