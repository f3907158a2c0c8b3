"""Bars without plotly, as HTML: what channels predict before and after an attack, and fractions with intervals.

A page that draws only these is there at once: the browser need not fetch or run a charting library.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.analysis.empty_set import NOTHING
from core.look import FONT, Look, ink, percent, shown, tint
from core.sides import STYLES

if TYPE_CHECKING:
    import pandas as pd

Probabilities = NDArray[np.floating]
WHENS = ("before the attack", "after the attack")
TITLES = {side: f"{style.marked} only" for side, style in STYLES.items()} | {"all": "all channels"}
MOST = 3  # classes of a group
# As many groups in a row as have room of so many letters' size each.
SIDE_BY_SIDE = "display:grid;grid-template-columns:repeat(auto-fit,minmax(min({room}em,100%),1fr));gap:{gap}"
# A name and its bar in one line where it is long enough, else under one another.
BESIDE = "display:flex;flex-wrap:wrap;align-items:center;gap:0 1em;margin-bottom:.35em"
NAME, BAR = "flex:0 1 32em", "flex:1 1 22em;display:flex;align-items:center;gap:.6em"
WHOLE = "height:100%;box-sizing:border-box;border-radius:2px"
ONE_LINE = "height:1.4em;white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
STRIPES = "repeating-linear-gradient(135deg,{color} 0 2px,{between} 2px 6px)"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Channels that predict together.

    Args:
        title: plain text; a shape in it doubles the color.
        note: small words beside the title.
        color: before the attack, and of the title.
        attacked: color after it.
        said: the probabilities of every class, (k,), of the clean image and, where there was an attack, of the attacked
            one; None where there is no channel that could say anything.
    """

    title: str
    note: str = ""
    color: str
    attacked: str
    said: tuple[Probabilities | None, ...]

    @property
    def predicted(self) -> list[int]:
        """The most probable class of every image that something is said of."""
        return [int(probabilities.argmax()) for probabilities in self.said if probabilities is not None]


@dataclass(frozen=True)
class Measured:
    """A fraction with its 95 % interval.

    Args:
        name: what it is a fraction of, plain text.
        value, low, high: in [0, 1].
        control: whether it is something that the claim is compared with.
    """

    name: str
    value: float
    low: float
    high: float
    control: bool = False


def side_groups(
    said: Sequence[Mapping[str, Probabilities]], sizes: Sequence[Mapping[str, int]], look: Look, brief: bool = False
) -> list[Group]:
    """All, the robust and the non-robust channels of one image.

    Args:
        said: probabilities by side, of the clean image and, where there was an attack, of the attacked one.
        sizes: number of channels by side, in the same order; a side that has none says nothing.
        look: palette.
        brief: whether a number alone says how many channels there are.
    """
    clean, attacked = look.sides(), look.sides(attacked=True)
    return [
        Group(
            title=title, note=_counted("all" if brief else side, [size[side] for size in sizes]), color=clean[side],
            attacked=attacked[side],
            said=tuple(one[side] if size[side] else None for one, size in zip(said, sizes, strict=True)),
        )
        for side, title in TITLES.items()
    ]  # fmt: skip


def prediction_bars(
    groups: Sequence[Group], class_names: Sequence[str], true: int | None, look: Look, alt: str, *,
    compact: bool = False,
) -> str:  # fmt: skip
    """What groups of channels predict, each class as a pair of bars, as HTML that is safe whatever the names hold.

    They stand side by side as far as there is room; the true class is ticked; `alt` is the takeaway in a sentence.

    A compact one fits three groups into half a page: two classes each, and no key, for which `swatch` stands elsewhere.
    """
    classes, most = _classes(groups, true), MOST - compact
    drawn = "".join(
        _group(group, _of_group(group, classes, true, most), class_names, true, look, compact) for group in groups
    )
    key = _key(look) if not compact and any(len(group.said) > 1 for group in groups) else ""
    room, gap = (8, "0.5em 1em") if compact else (14, "1em 2em")
    return _picture(alt, look, f'{key}<div style="{SIDE_BY_SIDE.format(room=room, gap=gap)}">{drawn}</div>')


def prediction_table(groups: Sequence[Group], class_names: Sequence[str]) -> "pd.DataFrame":
    """A row a class, a column a group and image; empty where nobody speaks."""
    import pandas as pd  # takes a second, which a page without a table saves

    columns = {
        f"{group.title}, {when.split()[0]}" if len(group.said) > 1 else group.title: np.nan if one is None else one
        for group in groups
        for when, one in zip(WHENS, group.said, strict=False)
    }
    return pd.DataFrame(columns, index=pd.Index(class_names, name="class"))


def measured_bars(rows: Sequence[Measured], look: Look, alt: str) -> str:
    """Fractions as HTML, the claim in the robust color and its controls in gray, whiskers for the intervals."""
    return _picture(alt, look, "".join(_measured(row, look) for row in rows))


def measured_table(rows: Sequence[Measured]) -> "pd.DataFrame":
    """A row a fraction."""
    import pandas as pd

    return pd.DataFrame([asdict(row) for row in rows]).set_index("name")


def _counted(side: str, sizes: Iterable[int]) -> str:
    """How many speak: "15 channels", or "15, attacked 12 channels" where an attacked image has a split of its own."""
    count = ", attacked ".join(str(size) for size in dict.fromkeys(sizes))
    return count if side == "all" else f"{count} channel{'' if count == '1' else 's'}"


def _classes(groups: Sequence[Group], true: int | None) -> list[int]:
    """The true class, then all that is predicted, then the best of the rest, so that no bar stands alone."""
    named = [] if true is None else [true]
    named += [label for group in groups for label in group.predicted]
    last = [group.said[-1] for group in groups if group.said[-1] is not None]
    rest = [int(label) for label in np.argsort(-last[0], kind="stable")[:2]] if last else []
    return list(dict.fromkeys([*named, *rest]))


def _of_group(group: Group, classes: Sequence[int], true: int | None, most: int) -> list[int]:
    """At most `most` of the picture's classes, in their order: what this group predicts, the true one, then others."""
    wanted = list(dict.fromkeys([*group.predicted, *([] if true is None else [true]), *classes]))[:most]
    return sorted(wanted, key=list(classes).index)


def _group(
    group: Group, classes: Sequence[int], names: Sequence[str], true: int | None, look: Look, compact: bool
) -> str:
    title = f'<b style="color:{ink(group.color, look)}">{shown(group.title)}</b>'
    note = f' <span style="color:{look.muted}">{shown(group.note)}</span>' if group.note else ""
    whole = f"{group.title} {group.note}" if compact else ""  # of which there is no room for a second line
    head = (
        f"{_row(title + note, whole) if compact else f'<div>{title}{note}</div>'}{_verdict(group, names, true, look)}"
    )
    body = "".join(_class(group, label, names[label], label == true, look) for label in classes)
    return f'<div style="min-width:0">{head}{body if group.predicted else ""}</div>'


def _row(content: str, whole: str, style: str = "") -> str:
    """One line of fixed height, so that what is below it lines up in all groups; `whole` can be pointed at."""
    return f'<div title="{shown(whole)}" style="{ONE_LINE};{style}">{content}</div>'


def _verdict(group: Group, names: Sequence[str], true: int | None, look: Look) -> str:
    """What the group says: "ring → disc", and in a line of its own whether the attack fooled it."""
    words = [NOTHING if one is None else shown(names[int(one.argmax())]) for one in group.said]
    said = " → ".join(dict.fromkeys(words)) if len(group.predicted) else NOTHING
    plain = said if len(group.said) < 2 else f"<b>{said}</b>"
    line = f'<div title="{said}" style="{ONE_LINE}">{plain}</div>'
    if true is None or len(group.said) < 2:
        return line
    if len(group.predicted) < 2:
        return f'{line}<div style="{ONE_LINE}"></div>'
    before, after = (label == true for label in group.predicted)
    mark = "wrong before" if not before else "✓ not fooled" if after else "✗ fooled"
    badge = (
        f"border:1px solid {look.text if before and not after else look.muted};border-radius:.7em;padding:0 .5em;"
        "display:inline-block;line-height:1.25"
    )
    return f'{line}<div style="{ONE_LINE}"><span style="{badge}">{mark}</span></div>'


def _class(group: Group, label: int, name: str, true: bool, look: Look) -> str:
    weight = 700 if label in group.predicted else 400
    head = _row(f"{shown(name)} ✓" if true else shown(name), name, f"font-weight:{weight};margin-top:.2em")
    pairs = zip(group.said, (False, True), strict=False)
    return head + "".join(_bar(one, label, after, group, look) for one, after in pairs)


def _bar(probabilities: Probabilities | None, label: int, after: bool, group: Group, look: Look) -> str:
    """One bar on its track, its percentage at the end; filled before the attack, striped after it."""
    if probabilities is None:
        return f'<div style="color:{look.muted}">{NOTHING}</div>'
    value = float(probabilities[label])
    bar = f"width:{100 * value:.2f}%;{WHOLE};{_fill(group.attacked if after else group.color, after, look)}"
    track = f"flex:1;height:.8em;background:{look.faint};border-radius:2px"
    return (
        f'<div style="display:flex;align-items:center;gap:.5em;line-height:1.15"><div style="{track}">'
        f'<div style="{bar}"></div></div><span style="flex:0 0 3.2em">{percent(value)}</span></div>'
    )


def _fill(color: str, striped: bool, look: Look) -> str:
    if not striped:
        return f"background:{color}"
    return f"background:{STRIPES.format(color=color, between=tint(color, 0.2, look))};border:1px solid {color}"


def swatch(after: bool, look: Look) -> str:
    """How the bars before or after the attack are filled, as a small sign."""
    shape = f"display:inline-block;width:2em;height:.8em;vertical-align:-.05em;{WHOLE.removeprefix('height:100%;')}"
    return f'<span style="{shape};{_fill(look.muted, after, look)}"></span>'


def _key(look: Look) -> str:
    """What filled and striped mean."""
    words = [f"<span>{swatch(after, look)} {when}</span>" for when, after in zip(WHENS, (False, True), strict=True)]
    return f'<div style="display:flex;flex-wrap:wrap;gap:.2em 1.5em;margin-bottom:.6em">{"".join(words)}</div>'


def _measured(row: Measured, look: Look) -> str:
    """Name, bar with whisker, value and interval; the bar stands beside the name where there is room."""
    color, weight = (look.muted, 400) if row.control else (look.robust, 700)
    bar = f"width:{100 * row.value:.2f}%;height:100%;background:{color};border-radius:2px"
    track = f"flex:1;position:relative;height:1em;background:{look.faint};border-radius:2px"
    return (
        f'<div style="{BESIDE}"><div style="{NAME};font-weight:{weight}">{shown(row.name, 90)}</div>'
        f'<div style="{BAR}"><div style="{track}"><div style="{bar}"></div>'
        f'{_whisker(row, look)}</div><span style="flex:0 0 9.5em;white-space:nowrap"><b>{percent(row.value)}</b> '
        f'<span style="color:{look.muted}">{percent(row.low)} to {percent(row.high)}</span></span></div></div>'
    )


def _whisker(row: Measured, look: Look) -> str:
    """The interval as a line with ends, seen on the bar and beyond it."""
    line = f"border:solid {look.text};border-width:0 2px;outline:1px solid {look.background}"
    middle = f"background:linear-gradient({look.text},{look.text}) center/100% 2px no-repeat"
    place = f"left:{100 * row.low:.2f}%;width:{100 * (row.high - row.low):.2f}%;top:.2em;height:.6em;min-width:5px"
    return f'<div style="position:absolute;box-sizing:border-box;{place};{line};{middle}"></div>'


def _picture(alt: str, look: Look, content: str) -> str:
    style = f"font-family:{FONT};font-size:{look.size + 1}px;line-height:1.4;color:{look.text}".replace('"', "'")
    return f'<div role="img" aria-label="{shown(alt, 600)}" style="{style}">{content}</div>'
