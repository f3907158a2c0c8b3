"""The first screen's image from stored results: clean and attacked, and what all channels and either side say of it."""

from typing import Any

from core.analysis.empty_set import empty_set
from core.analysis.explain import stored_record
from core.analysis.pictures import data_uri
from core.analysis.results import StoredResult
from core.look import Look, shown
from core.sides import STYLES, Reader
from dashboard.shared.bars import Group, prediction_bars, side_groups
from dashboard.shared.sides import WHENS, When
from dashboard.shared.words import plain

CAPTIONS: dict[When, str] = {"clean": "before", "adversarial": "after"}
Stored = dict[str, Any]  # a record of `core.analysis.explain.record`, as a survey holds it


def answer_of(start: Stored) -> str:
    """What the attack did to the network's answer and to the robust channels', as Markdown."""
    before, after = _said(start, "all")
    network = f"The attack changes the network’s answer from **{plain(before)}** to **{plain(after)}**"
    if before == after:
        network = f"The attack does not change the network’s answer, **{plain(before)}**"
    count, (first, last) = start["counts"]["robust"], _said(start, "robust")
    if not count:
        return f"{network}; {empty_set()}."
    says = f"still say{'s' * (count == 1)} **{plain(last)}**" if first == last else f"then say **{plain(last)}**"
    channels = f":blue[{STYLES['robust'].marked} channel{'s' * (count > 1)}]"
    return f"{network}. Given the true label, the {count} {channels} alone {says}."


def pictures(survey: StoredResult, look: Look, width: int) -> str:
    """HTML of the image before and after the attack, under or beside one another as there is room.

    They are in the page itself: two requests less, and nothing moves when they come.
    """
    start: Stored = survey.summary["opening"]
    drawn = "".join(_figure(survey.array(when).tobytes(), when, start, look, width) for when in WHENS)
    return f'<div style="display:flex;flex-wrap:wrap;gap:.75em 1em">{drawn}</div>'


def predictions(start: Stored, look: Look) -> str:
    """HTML of what all, the robust and the non-robust channels say, before and after in one chart."""
    names = start["class_names"]
    true = None if start["true_label"] is None else names.index(start["true_label"])
    return prediction_bars(groups(start, look), names, true, look, takeaway(start))


def groups(start: Stored, look: Look) -> list[Group]:
    """All channels and either side, by what they say."""
    said = [stored_record.probabilities(start, when) for when in WHENS]
    return side_groups(said, [stored_record.sizes(start, when) for when in WHENS], look)


def takeaway(start: Stored) -> str:
    """Who says what before and after, for who cannot see it."""
    return " ".join(
        f"{CAPTIONS[when].capitalize()} the attack: {stored_record.takeaway(start, when)}" for when in WHENS
    )


def _said(start: Stored, reader: Reader) -> tuple[str, str]:
    before, after = (start["predictions"][when][reader]["predicted"] for when in WHENS)
    return before, after


def _figure(png: bytes, when: When, start: Stored, look: Look, width: int) -> str:
    size = f"width:{width}px;height:{width}px;border-radius:8px;image-rendering:pixelated;display:block"
    caption = f"color:{look.muted};font-size:{look.size}px;text-align:center;margin-top:.2em"
    return (
        f'<figure style="margin:0"><img src="{data_uri(png)}" alt="{shown(_alt(start, when), 200)}" style="{size}">'
        f'<figcaption style="{caption}">{CAPTIONS[when]}</figcaption></figure>'
    )


def _alt(start: Stored, when: When) -> str:
    name = start["true_label"]
    return f"A {name}." if when == "clean" else f"The attacked image; to the eye it is still a {name}."
