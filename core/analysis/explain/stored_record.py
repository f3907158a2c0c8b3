"""What each side says in a record of one explanation, without torch: the record may be stored."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.empty_set import spoken
from core.sides import WORDS

Record = dict[str, Any]  # as `core.analysis.explain.record.record` returns it


def probabilities(record: Record, when: str) -> dict[str, NDArray[np.float64]]:
    """Of every class by side, (k,); `when` is "clean" or "adversarial"."""
    return {side: np.array(record["predictions"][when][side]["probabilities"]) for side in WORDS}


def sizes(record: Record, when: str) -> dict[str, int]:
    """Number of channels by side; the attacked image may have a split of its own."""
    own = record.get("adversarial_split") if when == "adversarial" else None
    counts = (own or record)["counts"]
    return {"all": sum(counts.values()), **counts}


def takeaway(record: Record, when: str) -> str:
    """What every side says of one image, in a sentence without its start."""
    said, count = record["predictions"][when], sizes(record, when)
    return ", ".join(f"{words} {spoken(said[side]['predicted'], count[side])}" for side, words in WORDS.items()) + "."
