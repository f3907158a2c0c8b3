"""What a reader sees on a page: every visible piece of text with its place and size, also inside components."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

_TEXTS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Text:
    """A piece of text as it stands on the screen.

    Args:
        text: without the blanks around it.
        left, top, right, bottom: in pixels of the window.
        size: of its letters, in pixels.
        chart: whether it belongs to a drawing.
        tag: of the element that holds it.
        key: `st-key-...` of all parts of the page that hold it, from the innermost.
        icon: whether it is the name of an icon, which is drawn instead.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    chart: bool
    tag: str
    key: str
    icon: bool

    @property
    def words(self) -> int:
        """How many words; signs alone are none."""
        return sum(any(letter.isalnum() for letter in word) for word in self.text.split())


def texts(page: Page) -> list[Text]:
    """Everything that can be read on the page now, from its head to its foot."""
    return [text for each in page.evaluate(_TEXTS) if not (text := Text(**each)).icon]
