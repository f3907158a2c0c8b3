"""What stands around every page: notes on the link, copy and present, and where the numbers come from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.answers.scene import Scene
from dashboard.selection import session
from dashboard.selection.state import Selection
from dashboard.shared.words import plain, radius

# Streamlit has no font size for one session. The style is constant: nothing from outside enters it. The smallest
# letters of the theme, 0.875 of this, are then 20 pixels high.
_PRESENT = """<style>
html { font-size: 23px !important; }
header[data-testid="stHeader"], section[data-testid="stSidebar"] { display: none; }
</style>"""

_COPY_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy it from the address bar";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  };
}
"""
_COPY_CSS = """
button {
  font: inherit; font-size: 0.875rem; white-space: nowrap; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); padding: 0.25rem 0.75rem;
  min-height: 2.5rem;
}
button:hover, button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-primary-color); outline: none;
}
"""
_copy = st.components.v2.component(
    "feature_sieve_copy_link", html='<button type="button">Copy link</button>', css=_COPY_CSS, js=_COPY_JS
)


def present_style(selection: Selection) -> None:
    """Large letters and nothing around the page, for a projector."""
    if selection.mode == "present":
        st.html(_PRESENT)


def copy_link() -> None:
    """A button that copies the address, which holds the whole selection."""
    _copy(key="copy_link", width="content")


def whole_page_button(selection: Selection) -> None:
    """Bring back what a link left out."""
    if selection.hide:
        st.button("Show the whole page", key="whole_page", type="primary", on_click=session.choose, kwargs={"hide": ()})


def present_button(selection: Selection) -> None:
    """Into and out of the mode for a projector."""
    presenting = selection.mode == "present"
    st.button(
        "Leave presentation" if presenting else "Present",
        key="present",
        on_click=session.choose,
        kwargs={"mode": "explore" if presenting else "present"},
    )


def notes(sentences: list[str]) -> None:
    """What the link asked for and did not get, as text."""
    if sentences:
        with st.container(key="notes"):
            st.warning("  \n".join(plain(sentence) for sentence in sentences), icon=":material/link_off:")


def footer(scene: Scene) -> None:
    """Where every number on the page comes from."""
    s, main, asked = scene.selection, scene.main, scene.main.asked
    label = scene.class_names[main.answer.explanation.label]
    kind = main.answer.explanation.label_kind
    threat = "no attack" if s.attack == "none" else f"{s.attack.upper()}, L∞ {radius(asked.epsilon)}, white-box"
    parts = (
        f"own image {scene.subject.name}" if s.own else f"{s.data} {scene.subject.name}",
        _model(main.card),
        f"cut {asked.cut or main.card.cut}, before ReLU",
        f"label supplied: {label} ({kind})",
        f"β {asked.beta:g}, 200 steps of Adam, {asked.draws} noise draw{'s' * (asked.draws > 1)}, seed {asked.seed}",
        f"KL {asked.kl}, T per {asked.tolerance}",
        threat,
        f"attacked image read through {'the clean image’s' if asked.split_of == 'clean' else 'its own'} split",
        f"computed live in {main.answer.seconds:.2f} s",
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )
    sources(parts)


def stored_footer(start: dict[str, Any], manifest: dict[str, Any]) -> None:
    """Where the numbers of a stored result come from."""
    made = start["provenance"]
    epsilon = radius(start["epsilon"])
    parts = (
        f"{made['data']['name']} test image {start['image']}, {start['rule']}",
        f"{start['model']} (width {made['model']['width']:g}, sha256 {made['model']['sha256'][:8]})",
        f"cut {made['cut']}",
        f"label supplied: {made['label']}",
        f"β {start['beta']:g}, {made['bottleneck']['steps']} steps, seed {start['seed']}",
        f"{start['attack'].upper()}, L∞ {epsilon}, white-box",
        f"stored, made {manifest['made'][:10]}",
    )
    sources(parts)


def sources(parts: Sequence[str], before: str = "") -> None:
    """The foot of a page: where its numbers come from, and a sentence before that, as text."""
    with st.container(key="provenance"):
        st.divider()
        if before:
            st.caption(plain(before, most=1000))
        st.caption(" · ".join(plain(part) for part in parts))


def _model(card) -> str:  # type: ignore[no-untyped-def]
    return f"{card.name} ({card.network}, width {card.width:g}, sha256 {card.sha256[:8]})"
