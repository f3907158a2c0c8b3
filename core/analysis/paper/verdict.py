"""The verdict on a claim: what there can be, how it follows from parts and intervals, and what it stands on."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from core.analysis.paper.published import RELEASED
from core.analysis.results import StoredResult

HOLDS, PARTLY, FAILS, OPEN, APART = "holds", "partly", "does not", "undecided", "not comparable"
VERDICTS = {  # and what each means
    HOLDS: "it is so, beyond the intervals",
    PARTLY: "one part of it is so, another is not",
    FAILS: "it is not so, beyond the intervals",
    OPEN: "the intervals are too wide to tell",
    APART: "there is nothing that could be compared",
}


class Evidence(NamedTuple):
    """What decides a claim: the printed numbers, ours, the verdict, and why it is that, each in a few words."""

    theirs: str
    ours: str
    verdict: str
    why: str


Judge = Callable[[Mapping[str, StoredResult], str], Evidence]  # the results of an item by model, and the model
MISSING = Evidence("", "not made yet", APART, "There is no result of this network.")


def of_one(judge: Callable[[StoredResult], Evidence]) -> Judge:
    """A judge of one network's result; without one there is nothing to compare."""

    def judged(results: Mapping[str, StoredResult], model: str) -> Evidence:
        if model not in results:
            return MISSING
        return judge(results[model])

    return judged


def decided(parts: Iterable[bool | None]) -> str:
    """The verdict on a claim of several parts, each of which holds, does not, or (None) cannot be told."""
    each = list(parts)
    if None in each:
        return FAILS if False in each and True not in each else OPEN
    return HOLDS if all(each) else PARTLY if any(each) else FAILS


def told(sign: int) -> bool | None:
    """Whether a difference is as claimed, from the sign that its interval tells."""
    return None if sign == 0 else sign > 0


def same_width(results: Mapping[str, StoredResult], model: str) -> dict[str, StoredResult]:
    """One network a defense of a network's data and architecture, all of one width: that which most defenses have."""
    card = results[model].card
    cell = [
        result for result in results.values() if (result.card.data, result.card.network) == (card.data, card.network)
    ]
    groups: dict[float, dict[str, StoredResult]] = {}
    for result in cell:
        groups.setdefault(result.card.width, {}).setdefault(result.card.defense.removesuffix(RELEASED), result)
    return max(groups.values(), key=lambda group: (len(group), model in [one.card.name for one in group.values()]))
