"""How much stands on each page: `python -m tests.browser.density` prints a Markdown table. Not a test: nothing fails.

Counted is what a reader sees at a laptop's size without opening anything; `--open` opens every fold first.
"""

import argparse
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import keyed, unfold, whole
from tests.browser.driver import PAGES, PATIENCE, App, driven_browser, running_app
from tests.browser.reading import texts

WIDTH, HEIGHT = 1280, 720
_COUNT = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const all = (root, what) => [...root.querySelectorAll(what),
    ...[...root.querySelectorAll("*")].filter((one) => one.shadowRoot).flatMap((one) => all(one.shadowRoot, what))];
  const seen = (what) => all(main, what).filter((one) => one.checkVisibility() && !one.closest(".modebar")).length;
  const block = document.querySelector('[data-testid="stMainBlockContainer"]');
  return [seen("button, [role=button], summary"), seen(".js-plotly-plot"), seen("img, .stImage canvas"),
    block.getBoundingClientRect().bottom + main.scrollTop];
}"""


@dataclass(frozen=True)
class Density:
    """What stands on one page.

    Args:
        page: by its name in the address.
        words: outside charts.
        chart_words: inside them.
        buttons, charts, pictures: that can be seen.
        screens: height of the page over that of the window.
        first_words: words, those of charts too, that stand wholly on the first screen.
        title, doubt: where title and doubt end, in pixels; "-" where there is none.
    """

    page: str
    words: int
    chart_words: int
    buttons: int
    charts: int
    pictures: int
    screens: float
    first_words: int
    title: str
    doubt: str


COLUMNS = (
    "page", "words", "in charts", "buttons", "charts", "pictures", "screens", "words on the first screen",
    "title ends at", "doubt ends at",
)  # fmt: skip


def density(page: Page, name: str) -> Density:
    """Count what stands on a page that is drawn."""
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    read = texts(page)
    buttons, charts, pictures, height = page.evaluate(_COUNT)
    return Density(
        page=name,
        words=sum(text.words for text in read if not text.chart),
        chart_words=sum(text.words for text in read if text.chart),
        buttons=buttons,
        charts=charts,
        pictures=pictures,
        screens=round(height / HEIGHT, 1),
        first_words=sum(text.words for text in read if text.bottom <= HEIGHT),
        title=_end(page, "h1"),
        doubt=_end(page, ".st-key-doubt"),
    )


def _end(page: Page, selector: str) -> str:
    box = page.locator(selector).first.bounding_box() if page.locator(selector).count() else None
    return "-" if box is None else f"{box['y'] + box['height']:.0f} px"


def measure(browser: Browser, app: App, name: str, opened: bool) -> Density:
    """Open a page, with all of its folds if asked, and count."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(app.url(PAGES[name]))
    whole(page)
    if opened:
        unfold(page)
    expect(keyed(page, "provenance")).to_be_visible()
    counted = density(page, name)
    page.context.close()
    return counted


def main() -> None:
    """Count on every page and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    parser.add_argument("--open", action="store_true", help="open every fold first")
    asked = parser.parse_args()
    expect.set_options(timeout=1000 * PATIENCE)
    print("|".join(["", *COLUMNS, ""]), "|".join(["", *["---"] * len(COLUMNS), ""]), sep="\n")
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, driven_browser() as browser:
        for name in asked.pages:
            print("|".join(["", *map(str, astuple(measure(browser, app, name, asked.open))), ""]), flush=True)


if __name__ == "__main__":
    main()
