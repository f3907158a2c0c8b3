"""One channel: what it takes, what it votes for, where else it is robust, and a switch to the other side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.analysis.empty_set import spoken
from core.analysis.explain.figures import noise_bars
from core.look import number, percent
from core.sides import Reader
from dashboard.answers import at_hand, one_image, stored_results
from dashboard.answers.one_image import Answer
from dashboard.answers.question import Question
from dashboard.screens.explain.scene import Scene
from dashboard.selection import session
from dashboard.selection.state import MOST_MOVED
from dashboard.shared.sides import MARKED, When
from dashboard.shared.strip import Thumbnail, strip
from dashboard.shared.words import plain

TOP = 5  # images shown
VOTES = 2  # classes named on each side of zero
IMAGE = {"clean": "clean", "adversarial": "attacked"}


def card(scene: Scene, answer: Answer, chosen: int, moved: Sequence[int]) -> None:
    """The card of channel `chosen`; `answer` is the one after moving `moved`."""
    with st.container(border=True, key="channel_card", gap="small"):
        side = MARKED["robust" if answer.robust[chosen] else "nonrobust"]
        st.markdown(f"**Channel {chosen}** · **{side}** · {_steadiness(scene, chosen)}")
        if scene.view.controls:
            _another(answer, chosen)
        st.markdown("  \n".join(f":gray[{name}] {value}" for name, value in _facts(scene, answer, chosen)))
        if scene.view.controls:
            _top_images(scene, chosen)
            _switch(answer, chosen, moved)
        if moved:
            st.markdown(_effect(scene, answer))


def _steadiness(scene: Scene, chosen: int) -> str:
    """Under how many seeds of the noise the channel is robust."""
    masks = one_image.over_seeds(scene.main.asked, scene.image)
    return f"robust in {int(masks[:, chosen].sum())} of {len(masks)} seeds"


def _another(answer: Answer, chosen: int) -> None:
    order = [int(k) for k in noise_bars.sorted_channels(answer.noise)]
    st.selectbox(
        "Another channel, from the most noise to the least", order, format_func=lambda k: _option(answer, k),
        **session.bound("channel", chosen),
    )  # fmt: skip


def _option(answer: Answer, channel: int) -> str:
    return f"{'●' if answer.robust[channel] else '▲'} {channel}: σ² {number(answer.noise[channel])}"


def _facts(scene: Scene, answer: Answer, chosen: int) -> list[tuple[str, str]]:
    noise, natural = float(answer.noise[chosen]), float(answer.variance[chosen])
    facts = [
        ("takes noise", f"σ² {number(noise)}, {number(noise / answer.tolerance)} times T"),
        ("varies by itself", number(natural)),
    ]
    weights = class_weights(scene.main.asked)
    if weights is not None and weights.shape[1] > chosen:
        facts += _votes(weights[:, chosen], scene.class_names)
    if row := _stored_row(scene, chosen):
        facts.append(("robust elsewhere", _shares(scene, row)))
    return facts


def class_weights(asked: Question) -> NDArray[np.floating] | None:
    """Weight of every channel for every class, (k, c), where a linear layer reads pooled channels; else None."""
    tail = one_image.network(asked).tail(asked.cut or None)
    linear = getattr(tail[-1], "linear", None)
    return linear.weight.detach().float().numpy() if len(tail) == 1 and linear is not None else None


def _stored_row(scene: Scene, chosen: int) -> dict[str, Any] | None:
    """What the model's survey found of this channel; it holds for the default cut and settings only."""
    card, asked = scene.main.card, scene.main.asked
    stored = stored_results.stored_result("start", card.name, card.sha256)
    if stored is None or asked.cut not in ("", card.cut) or chosen >= len(stored.table("channels")):
        return None
    return stored.table("channels").iloc[chosen].to_dict() | {"n": stored.summary["n"]}


def _shares(scene: Scene, row: dict[str, Any]) -> str:
    label = scene.main.answer.explanation.label
    name = plain(scene.class_names[label])
    of_class = float(row[f"robust_share_{label}"])
    return f"{percent(of_class)} of {name}, {percent(float(row['robust_share']))} of all {row['n']} test images stored"


def _top_images(scene: Scene, chosen: int) -> None:
    """The test images that activate the channel most, where the data set is on this machine."""
    if (row := _stored_row(scene, chosen)) is None or not scene.view.here:
        return
    data = at_hand.dataset(scene.view.selection.data)
    top = [int(row[f"top_{rank}"]) for rank in range(1, TOP + 1) if row.get(f"top_{rank}") is not None]
    thumbnails = [
        Thumbnail(i, at_hand.thumbnail(data.name, i), f"image {i}: {data.class_names[int(data.labels[i])]}")
        for i in top
    ]
    st.markdown(":gray[fires most at]")
    strip("Test images that activate the channel most", thumbnails, "top_images", _open)


def _open(image: int | str) -> None:
    session.choose(image=image)


def _votes(weights: np.ndarray, names: Sequence[str]) -> list[tuple[str, str]]:
    """The classes that the channel speaks for and against most."""
    order = np.argsort(-weights)
    sides = {"votes for": order[:VOTES], "against": order[::-1][:VOTES]}
    return [
        (word, ", ".join(f"{plain(names[k])} ({weights[k]:+.2f})" for k in classes)) for word, classes in sides.items()
    ]


def _switch(answer: Answer, chosen: int, moved: Sequence[int]) -> None:
    with st.container(horizontal=True, gap="small"):
        target = "non-robust" if answer.robust[chosen] else "robust"
        others = tuple(k for k in moved if k != chosen)
        st.button(
            f"Move to {target}", key="move_channel", type="primary", on_click=session.choose,
            kwargs={"moved": others if chosen in moved else (*others, chosen)},
            disabled=len(moved) >= MOST_MOVED and chosen not in moved,
        )  # fmt: skip
        if moved:
            st.button(f"Reset {len(moved)}", key="reset_channels", on_click=session.choose, kwargs={"moved": ()})


def _effect(scene: Scene, answer: Answer) -> str:
    """What each side predicts without and with the moves, of the attacked image where there is one."""
    when: When = "adversarial" if answer.explanation.attacked else "clean"
    lines = [f"After the move, {IMAGE[when]} image:"]
    for which, name in MARKED.items():
        before, after = (_says(a, when, which, scene.class_names) for a in (scene.main.answer, answer))  # type: ignore[arg-type]
        lines.append(f"{name} only: {before} → **{after}**")
    return "  \n".join(lines)


def _says(answer: Answer, when: When, which: Reader, names: Sequence[str]) -> str:
    k = answer.said(when, which)
    said = f"{plain(names[k])} {percent(float(answer.probabilities(when, which)[k]))}"
    return spoken(said, answer.channels(when, which))
