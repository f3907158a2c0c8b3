"""The pages in the order of their story: what each is called, which question it answers, and what comes after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.selection.state import WHOLE

SCREENS = Path("screens")  # from `app.py`


@dataclass(frozen=True)
class Chapter:
    """One page.

    Args:
        name: in the address, of its folder of `screens`, and of its subject.
        question: that it answers; its title.
    """

    name: str
    question: str

    @property
    def title(self) -> str:
        """In the menu."""
        return self.name.capitalize()

    @property
    def path(self) -> str:
        """Of its file, as Streamlit names a page."""
        return str(SCREENS / self.name / "page.py")


STORY = (
    Chapter("start", "An attack changes the answer: which channels does it not fool?"),
    Chapter("explain", "What happened in this image?"),
    Chapter("clusters", "Do the features group by class?"),
    Chapter("visualize", "Which picture would give these features?"),
    Chapter("bottleneck", "What is left as β rises?"),
    Chapter("channels", "Which channels are robust, and for what?"),
    Chapter("attacks", "What is left under attack?"),
    Chapter("paper", "Does it reproduce?"),
)


def chapter(name: str) -> Chapter:
    """The page of a name."""
    return STORY[_place(name)]


def after(name: str, without: Sequence[str] = ()) -> Chapter | None:
    """The page that follows; None after the last. `without` are pages left out, as a link's `hide` has them."""
    return next(iter(_left(STORY[_place(name) + 1 :], without)), None)


def before(name: str, without: Sequence[str] = ()) -> Chapter | None:
    """The page before; None before the first; as in `after`."""
    return next(iter(_left(STORY[: _place(name)][::-1], without)), None)


def _left(chapters: Sequence[Chapter], without: Sequence[str]) -> list[Chapter]:
    return [chapter for chapter in chapters if WHOLE.format(chapter.name) not in without]


def _place(name: str) -> int:
    return next(place for place, chapter in enumerate(STORY) if chapter.name == name)
