"""A row of small images to choose from: real buttons, so that it works by mouse, by touch and by keyboard.

It is one stop of the Tab key; the arrow keys move within it, and it keeps the focus when what it shows changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

_HTML = '<div id="strip" role="toolbar"></div>'
_CSS = """
#strip { display: flex; gap: 4px; overflow-x: auto; padding: 3px; scrollbar-width: thin; }
button {
  flex: none; position: relative; padding: 2px; border: 2px solid transparent; border-radius: 8px; background: none;
  cursor: pointer;
}
button:hover { border-color: var(--st-border-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button[aria-pressed="true"] { border-color: var(--st-primary-color); }
img { display: block; width: 48px; height: 48px; border-radius: 4px; image-rendering: pixelated; }
span {
  position: absolute; right: 0; bottom: 0; min-width: 1.1em; text-align: center; font: 700 13px/1.1 sans-serif;
  border-radius: 5px; color: var(--st-text-color); background: var(--st-background-color);
}
span:empty { display: none; }
span[data-kind="fooled"] { color: var(--st-violet-text-color); }
span[data-kind="held"] { color: var(--st-green-text-color); }
"""
_JS = """
const button = () => {
  const made = document.createElement("button");
  made.type = "button";
  made.append(document.createElement("img"), document.createElement("span"));
  made.lastChild.setAttribute("aria-hidden", "true");
  return made;
};

const show = (made, item) => {
  const [image, mark] = made.children;
  made.dataset.image = item.image;
  made.title = item.says;
  made.setAttribute("aria-pressed", String(item.chosen));
  if (image.src !== item.source) image.src = item.source;
  image.alt = item.says;
  mark.textContent = item.mark;
  mark.dataset.kind = item.kind;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const strip = parentElement.querySelector("#strip");
  const focused = strip.querySelector("button:focus")?.dataset.image;
  strip.setAttribute("aria-label", data.label);
  while (strip.children.length > data.images.length) strip.lastChild.remove();
  while (strip.children.length < data.images.length) strip.append(button());
  const buttons = [...strip.children], named = (image) => buttons.find((one) => one.dataset.image === image);
  data.images.forEach((item, place) => show(buttons[place], item));
  const chosen = buttons.find((one) => one.getAttribute("aria-pressed") === "true");
  const stop = (one) => buttons.forEach((other) => { other.tabIndex = other === one ? 0 : -1; });
  const held = focused === undefined ? undefined : named(focused) ?? chosen ?? buttons[0];
  stop(held ?? chosen ?? buttons[0]);
  held?.focus({ preventScroll: true });
  if (chosen) strip.scrollLeft = chosen.offsetLeft + chosen.offsetWidth / 2 - strip.clientWidth / 2;
  strip.onclick = (event) => {
    const picked = event.target.closest("button");
    if (!picked) return;
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === picked)));
    stop(picked);
    setTriggerValue("picked", data.images[buttons.indexOf(picked)].image);
  };
  strip.onkeydown = (event) => {
    const here = buttons.indexOf(event.target.closest("button")), last = buttons.length - 1;
    const places = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last };
    if (here < 0 || !(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[Math.min(Math.max(places[event.key], 0), last)];
    stop(next);
    next.focus();
  };
}
"""


@dataclass(frozen=True)
class Thumbnail:
    """One image of the strip.

    Args:
        image: its index, or its name where it is of no data set.
        source: its pixels, as a data address.
        says: what it shows, for tooltip and screen reader.
        chosen: whether it is the one being looked at.
        mark: a sign in its corner; what that means stands in `says`.
        kind: of the mark, which has a color of its own.
    """

    image: int | str
    source: str
    says: str
    chosen: bool = False
    mark: str = ""
    kind: str = ""


_draw = st.components.v2.component("feature_sieve_strip", html=_HTML, css=_CSS, js=_JS)


def strip(label: str, images: Sequence[Thumbnail], key: str, on_pick: Callable[[int | str], None]) -> None:
    """Draw the strip; `on_pick(image)` is called in the run that a click starts, before the page is drawn."""

    def picked() -> None:
        image = st.session_state[key].get("picked")
        if image is not None:
            on_pick(image)

    data = {"label": label, "images": [asdict(image) for image in images]}
    _draw(key=key, data=data, on_picked_change=picked)
