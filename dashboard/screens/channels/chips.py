"""What is cut out, as chips: channels by number, runs of them, and rules, one for each class."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from core.analysis.channels.findings import OFTEN
from core.analysis.channels.rules import LIST, choose_channels, listed, parts
from core.analysis.results import StoredResult
from core.errors import InputError
from dashboard.selection import session
from dashboard.selection.state import EDITS, LONGEST_EDIT

HOW = {"drop": "cut these out", "keep": "keep only these"}
MOST_SINGLE = 24  # channels that get a chip each; more of them share one with their neighbors
NEVER = "robust in at most 0 % of images"


def choose(edit: str, result: StoredResult) -> None:
    """Chips to add and take away, and whether they are cut out or kept."""
    how, chips, known = edit.partition(" ")[0], chips_of(edit), rules(result)
    count = result.summary["channels"]
    st.session_state["edit_how"], st.session_state["edit_what"] = how or EDITS[0], chips
    options = [*known, *(chip for chip in chips if chip not in known and not chip.isdigit()), *map(str, range(count))]
    with st.container(key="edit", gap="small"):
        st.multiselect(
            "Channels or rules", options, key="edit_what", placeholder="Choose, or type 20-24", on_change=_set,
            format_func=lambda chip: known.get(chip) or words(chip), accept_new_options=True,
        )  # fmt: skip
        st.segmented_control(
            "What to do with them", EDITS, format_func=HOW.__getitem__, key="edit_how", required=True, on_change=_set,
            label_visibility="collapsed",
        )  # fmt: skip


def chips_of(edit: str) -> list[str]:
    """The chips of an edit as it stands in the address."""
    found: list[str] = []
    for part in parts(edit.partition(" ")[2]):
        found += _numbers(part) if LIST.fullmatch(part) else [part]
    return list(dict.fromkeys(found))


def _numbers(part: str) -> list[str]:
    runs = [run.replace(" ", "") for run in part.split(",")]
    ends = [tuple(map(int, run.split("-"))) for run in runs]
    if sum(max(1, end[-1] - end[0] + 1) for end in ends) > MOST_SINGLE:
        return runs
    return [str(k) for end in ends for k in range(end[0], end[-1] + 1)] or runs


def written(how: str, chips: Sequence[str]) -> str:
    """The edit that chips stand for, as the address takes it; its channels as the shortest list."""
    lists, others = [chip for chip in chips if LIST.fullmatch(chip)], [c for c in chips if not LIST.fullmatch(c)]
    ends = [tuple(map(int, run.split("-"))) for chip in lists for run in chip.replace(" ", "").split(",")]
    chosen = {k for end in ends for k in range(end[0], min(end[-1], end[0] + LONGEST_EDIT) + 1)}
    numbers = [listed(np.isin(np.arange(max(chosen) + 1), list(chosen)))] if chosen else []
    return f"{how} {'; '.join([*numbers, *others])}".strip()


def rules(result: StoredResult) -> Mapping[str, str]:
    """Rules to choose from, each with what it is called and how many channels it names."""
    share, table, names = f"{100 * OFTEN:.0f} %", result.table("channels"), result.manifest["class_names"]
    found = {f"robust in at least {share} of images of class {name}": f"● robust for {name}" for name in names}
    found |= {f"robust in at least {share} of images": "● robust for all", NEVER: "▲ robust in no image"}
    counted = {}
    for rule, called in found.items():
        try:
            counted[rule] = f"{called} ({int(choose_channels(rule, table, names).sum())})"
        except InputError:  # a class whose name reads like a rule of its own
            continue
    return counted


def words(chip: str) -> str:
    """What a chip that is no known rule is called."""
    return f"channel {chip}" if chip.isdigit() else f"channels {chip}" if LIST.fullmatch(chip) else chip


def _set() -> None:
    session.choose(edit=written(st.session_state["edit_how"], st.session_state["edit_what"]))
