"""How fast the pages answer, in the browser: `python -m tests.browser.budgets`. Not a test: nothing here fails.

Machines differ, so each time is divided by that of an empty page with one chart, opened just before it from a server
with the same settings. "Asked" is when the first screen shows what was asked for, "all" when the whole page does. Every
image is looked at for the first time. The server's time runs to its last message, the browser's is all the rest.
"""

import argparse
import re
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import change, keyed, standing, whole
from tests.browser.driver import PAGES, PATIENCE, App, driven_browser, running_app
from tests.browser.stopwatch import Time, Want, load, press, watched

EMPTY = """
import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Bar(x=[1, 2, 3], y=[3, 1, 2])))
"""
CHART = Want(sees=(".js-plotly-plot .main-svg",), foot="")
SCREEN = ("h1", ".st-key-answer")
PICTURES = "[data-testid=stMain] img"
FAR = 31  # images further on, past all that was made ready


@dataclass(frozen=True)
class Row:
    """One interaction and how often it was measured.

    Args:
        name: what the person did.
        asked, all: ratios that the design allows; None where it names none.
        times: as measured.
        empty: times of the empty page, one before each of them.
    """

    name: str
    asked: float | None
    all: float | None
    times: list[Time]
    empty: list[Time]

    def __str__(self) -> str:
        """The row as Markdown."""
        cells = [self.name, str(len(self.times)), f"{self._unit:.0f}"]
        cells += [*self._against("first", self.asked), *self._against("all", self.all)]
        cells += [f"{middle(time.server for time in self.times):.0f}"]
        cells += [f"{middle(time.all - time.server for time in self.times):.0f}"]
        cells += [f"{middle(time.messages for time in self.times):.0f}"]
        return "|".join(["", *cells, f"{middle(time.bytes for time in self.times) / 1e6:.2f}", ""])

    @property
    def _unit(self) -> float:
        return middle(time.first for time in self.empty)

    def _against(self, name: str, budget: float | None) -> Iterator[str]:
        """Median, 95th percentile, ratio and budget of one of the times."""
        values = sorted(getattr(time, name) for time in self.times)
        over = budget is not None and middle(values) > budget * self._unit
        yield f"{middle(values):.0f}"
        yield f"{values[min(len(values) - 1, round(0.95 * len(values)))]:.0f}"
        yield f"{middle(values) / self._unit:.2f}"
        yield f"{budget or ''}{' MISSED' if over else ''}"


COLUMNS = (
    "", "n", "empty page, ms", "asked, ms", "p95", "ratio", "budget", "all, ms", "p95", "ratio", "budget", "server, ms",
    "browser, ms", "messages", "MB",
)  # fmt: skip


def middle(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def title_of(page: Page, app: App, name: str) -> str:
    """What stands above a page; once it is seen, the server is warm."""
    page.goto(app.url(PAGES[name]))
    return whole(page).get_by_role("heading", level=1).inner_text()


def started(browser: Browser, title: str) -> Time:
    """Start opened on a server that has just come up."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        return load(browser, app.url(), Want(sees=SCREEN, says=title))


def turned(page: Page, app: App, name: str, title: str) -> Time:
    """A page opened by a click in the navigation, from another one."""
    page.goto(app.url(PAGES["explain" if name == "start" else "start"]))
    link = whole(page).get_by_test_id("stTopNavLink").filter(has_text=re.compile(f"^{name}$", re.IGNORECASE))
    return press(page, link.click, Want(sees=SCREEN, says=title))


def explained(page: Page, app: App, image: int, **parameters: object) -> Page:
    """Explain at an image, everything else as it comes."""
    page.goto(app.url("explain", image=image, **parameters))
    return whole(page)


def next_image(page: Page, app: App, i: int) -> Time:
    explained(page, app, i)
    page.wait_for_timeout(2000)  # a person looks at an image before the next one
    click = keyed(page, "next").get_by_role("button").click
    return press(page, click, Want(sees=SCREEN, address=f"image={i + 1}", changes=PICTURES))


def far_image(page: Page, app: App, i: int) -> Time:
    number = keyed(explained(page, app, i), "choose_image").get_by_role("spinbutton")
    number.fill(str(i + FAR))
    act = lambda: number.press("Enter")  # noqa: E731
    return press(page, act, Want(sees=SCREEN, address=f"image={i + FAR}", changes=PICTURES))


def another_attack(page: Page, app: App, i: int) -> Time:
    change(explained(page, app, 100 + i))
    bim = keyed(page, "choose_attack").get_by_role("radio", name="BIM")
    return press(page, bim.click, Want(sees=SCREEN, address="attack=bim", changes=PICTURES))


def another_model(page: Page, app: App, i: int) -> Time:
    """Alone on the page, so that the other model was not asked about this image yet."""
    box = keyed(change(explained(page, app, 200 + i, compare="none")), "choose_model").get_by_role("combobox")
    box.click()
    other = page.get_by_role("option", name=re.compile("standard"))
    return press(page, other.click, Want(sees=SCREEN, address="model=shapes-vgg16-standard", changes=PICTURES))


def another_side(page: Page, app: App, i: int) -> Time:
    switch = keyed(explained(page, app, 300 + i, open="channels"), "move_channel").get_by_role("button")
    return press(page, switch.click, Want(sees=(".st-key-move_channel",), changes=".st-key-move_channel"))


EXPLAIN: dict[str, tuple[Callable[[Page, App, int], Time], float, float | None]] = {
    "Explain: the next image": (next_image, 1.5, 3),
    "Explain: a far image": (far_image, 1.5, 3),
    "Explain: another attack": (another_attack, 1.5, 3),
    "Explain: another model": (another_model, 1.5, 3),
    "Explain: a channel to the other side": (another_side, 1, None),
}


def interactions(browser: Browser, app: App) -> Iterator[tuple[str, float, float | None, Callable[[int], Time]]]:
    """What is measured: its name, what is allowed for what was asked and for all, and how it is done the i-th time."""
    page = watched(browser).new_page()
    titles = {name: title_of(page, app, name) for name in PAGES}
    yield "Start, server just up", 3, None, lambda _: started(browser, titles["start"])
    for name, title in titles.items():
        want = Want(sees=SCREEN, says=title)
        row = "Start, server warm" if name == "start" else f"{name.capitalize()} by its address"
        budget = 1.5 if name == "start" else 2
        yield row, budget, None, lambda _, name=name, want=want: load(browser, app.url(PAGES[name]), want)
        row = f"{name.capitalize()} from another page"
        yield row, 2, None, lambda _, name=name, title=title: turned(page, app, name, title)
    for row, (act, first, everything) in EXPLAIN.items():
        yield row, first, everything, lambda i, act=act: act(page, app, 2 * i)


def measured(browser: Browser, app: App, empty: App, only: re.Pattern[str], repeat: int) -> Iterator[Row]:
    """Every row whose name `only` is found in; before each time the empty page is timed."""
    for name, first, everything, act in interactions(browser, app):
        if only.search(name):
            row = Row(name, first, everything, [], [])
            for i in range(repeat):
                row.empty.append(load(browser, empty.url(), CHART))
                row.times.append(act(i))
            yield row


def dragged(browser: Browser, app: App) -> str:
    """How many messages go to the server while the slider of Bottleneck is dragged from end to end."""
    page = watched(browser).new_page()
    page.goto(app.url("bottleneck"))
    rail = whole(page).get_by_role("slider").first
    rail.scroll_into_view_if_needed()
    box = standing(rail)
    before, height = page.evaluate("stopwatch.sent.length"), box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 8, height, steps=30)
    page.mouse.up()
    page.wait_for_timeout(500)
    messages = page.evaluate("stopwatch.sent.length") - before
    page.context.close()
    return f"β dragged from end to end: {messages} messages to the server"


def weight(browser: Browser, app: App, name: str) -> str:
    """What a fresh browser receives for a page: messages, pictures and the like, and Streamlit's own files."""
    page = watched(browser).new_page()
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    addresses: dict[str, str] = {}
    files: dict[str, float] = {}
    client.on(
        "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
    )
    client.on("Network.loadingFinished", lambda event: files.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(app.url(PAGES[name]))
    whole(page)
    own = sum(size for request, size in files.items() if "/static/" in addresses.get(request, ""))
    rest = sum(files.values()) - own + page.evaluate("stopwatch.received.reduce((sum, [, size]) => sum + size, 0)")
    page.context.close()
    return f"{rest / 1e6:.2f} MB, and Streamlit’s own files {own / 1e6:.2f} MB"


@contextmanager
def empty_app(browser: Browser) -> Iterator[App]:
    """A server with one page that shows one chart, which it has shown before."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        with running_app(Path(folder), script=str(script)) as app:
            load(browser, app.url(), CHART)
            yield app


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--only", default="", help="a regular expression: rows whose name holds it")
    asked = parser.parse_args()
    expect.set_options(timeout=1000 * PATIENCE)
    only = re.compile(asked.only, re.IGNORECASE)
    print("|".join(["", *COLUMNS, ""]), "|".join(["", *["---"] * len(COLUMNS), ""]), sep="\n")
    with ExitStack() as stack:
        browser, folder = stack.enter_context(driven_browser()), stack.enter_context(tempfile.TemporaryDirectory())
        app, empty = stack.enter_context(running_app(Path(folder))), stack.enter_context(empty_app(browser))
        for row in measured(browser, app, empty, only, asked.repeat):
            print(row, flush=True)
        if only.search("β dragged"):
            print(dragged(browser, app), flush=True)
        for name in filter(only.search, map("{} weighs".format, PAGES)):
            print(name, weight(browser, app, name.split()[0]), flush=True)


if __name__ == "__main__":
    main()
