"""A row of small images to choose from: real buttons, so that it works by mouse, by touch and by keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

_HTML = '<div id="strip" role="group"></div>'
_CSS = """
#strip { display: flex; gap: 6px; overflow-x: auto; padding: 3px; scrollbar-width: thin; }
button {
  flex: none; padding: 2px; border: 2px solid transparent; border-radius: 8px; background: none; cursor: pointer;
}
button:hover { border-color: var(--st-border-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button[aria-pressed="true"] { border-color: var(--st-primary-color); }
img { display: block; width: 48px; height: 48px; border-radius: 4px; image-rendering: pixelated; }
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const strip = parentElement.querySelector("#strip");
  strip.setAttribute("aria-label", data.label);
  const buttons = data.images.map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = item.says;
    button.setAttribute("aria-pressed", String(item.chosen));
    const image = document.createElement("img");
    image.src = item.source;
    image.alt = item.says;
    button.append(image);
    button.onclick = () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      setTriggerValue("picked", item.image);
    };
    return button;
  });
  strip.replaceChildren(...buttons);
}
"""


@dataclass(frozen=True)
class Thumbnail:
    """One image of the strip.

    Args:
        image: its index.
        source: its pixels, as a data address.
        says: what it shows, for tooltip and screen reader.
        chosen: whether it is the one being looked at.
    """

    image: int
    source: str
    says: str
    chosen: bool = False


_draw = st.components.v2.component("feature_sieve_strip", html=_HTML, css=_CSS, js=_JS)


def strip(label: str, images: Sequence[Thumbnail], key: str, on_pick: Callable[[int], None]) -> None:
    """Draw the strip; `on_pick(image)` is called in the run that a click starts, before the page is drawn."""

    def picked() -> None:
        image = st.session_state[key].get("picked")
        if image is not None:
            on_pick(image)

    data = {"label": label, "images": [asdict(image) for image in images]}
    _draw(key=key, data=data, on_picked_change=picked)
