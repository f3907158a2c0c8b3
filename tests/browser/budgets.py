"""How fast the pages answer, in the browser: `python -m tests.browser.budgets`. Not a test: nothing here fails.

Each time runs from the press of the button, or from the request of the page, to the frame in which the answer stands on
the screen. No answer was ready: every image is looked at for the first time.
"""

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import drawn, keyed
from tests.browser.driver import PATIENCE, App, driven_browser, running_app, settle

# Armed before the click; resolves to the milliseconds from the press to the frame after `key` first holds `text`.
STOPWATCH = """([key, text]) => {
  const find = () => document.querySelector(`.st-key-${key}`)?.textContent ?? "";
  window.answered = new Promise((resolve) => addEventListener("pointerdown", () => {
    const pressed = performance.now();
    const look = () => find().includes(text)
      ? requestAnimationFrame(() => resolve(performance.now() - pressed)) : requestAnimationFrame(look);
    look();
  }, { once: true, capture: true }));
}"""


@dataclass
class Times:
    """Measurements of one interaction, in milliseconds.

    Args:
        name: what the person did.
        budget: what the design allows, in milliseconds.
        values: as measured.
    """

    name: str
    budget: int
    values: list[float] = field(default_factory=list)

    def row(self) -> str:
        """Median, 95th percentile and the budget."""
        ordered = sorted(self.values)
        p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
        return f"{self.name:<34}{len(ordered):>4}{statistics.median(ordered):>10.0f}{p95:>10.0f}{self.budget:>10}"


def timed(page: Page, key: str, text: str, press: Callable[[], None]) -> float:
    """Milliseconds from the press to the answer: `text` in the part of the page named `key`."""
    page.evaluate(STOPWATCH, [key, text])
    press()
    value = float(page.evaluate("window.answered"))
    settle(page)
    return value


def opening(browser: Browser, app: App, name: str, sign: str) -> float:
    """Milliseconds from the request of a page to the sight of the part named `sign`."""
    page = browser.new_page()
    started = time.perf_counter()
    page.goto(app.url(name), wait_until="commit")
    keyed(page, sign).wait_for(timeout=1000 * PATIENCE)
    value = 1000 * (time.perf_counter() - started)
    settle(page)
    page.context.close()
    return value


def cold_starts(browser: Browser, repeat: int) -> Iterator[float]:
    """Start opened on servers that have just come up."""
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
            yield opening(browser, app, "", "what_changed")


def interactions(page: Page, app: App, data: str, repeat: int) -> list[Times]:
    """Another image, attack and model, and a channel moved to the other side and back."""
    image, attack = Times("another image", 1000), Times("another attack", 1000)
    model, channel = Times("another model", 1000), Times("a channel to the other side", 250)
    for i in range(1, repeat + 1):
        image.values.append(another_image(page, app, data, i))
        attack.values.append(another_attack(page))
        model.values.append(another_model(page, app, data, repeat + i))
        channel.values.append(another_side(page))
    return [image, attack, model, channel]


def opened(page: Page, app: App, data: str, image: int) -> None:
    """Explain at an image, everything else as it comes."""
    page.goto(app.url("explain", data=data, image=image))
    drawn(page)


def another_image(page: Page, app: App, data: str, image: int) -> float:
    opened(page, app, data, image - 1)
    following = keyed(page, "next").get_by_role("button")
    return timed(page, "provenance", f"test image {image} ", following.click)


def another_attack(page: Page) -> float:
    keyed(page, "settings").get_by_role("button").first.click()
    bim = keyed(page, "choose_attack").get_by_role("radio", name="BIM")
    value = timed(page, "provenance", "BIM", bim.click)
    page.keyboard.press("Escape")
    return value


def another_model(page: Page, app: App, data: str, image: int) -> float:
    """Alone on the page, so that the other model was not asked about this image yet."""
    page.goto(app.url("explain", data=data, image=image, compare="none"))
    box = keyed(drawn(page), "choose_model").get_by_role("combobox")
    box.click()
    other = page.get_by_role("option", name=re.compile("standard"))
    return timed(page, "provenance", "-standard (", other.click)


def another_side(page: Page) -> float:
    switch = keyed(page, "move_channel").get_by_role("button")
    target = "Move to robust" if "non-robust" in switch.inner_text() else "Move to non-robust"
    return timed(page, "move_channel", target, switch.click)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="shapes", help="an embedded data set with shipped models")
    parser.add_argument("--repeat", type=int, default=20)
    asked = parser.parse_args()
    expect.set_options(timeout=1000 * PATIENCE)
    print(f"{'milliseconds, ' + asked.data:<34}{'n':>4}{'median':>10}{'p95':>10}{'budget':>10}")
    with driven_browser() as browser, tempfile.TemporaryDirectory() as folder:
        print(Times("Start, server just up", 3000, list(cold_starts(browser, 5))).row(), flush=True)
        with running_app(Path(folder)) as app:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(1000 * PATIENCE)
            opened(page, app, asked.data, 0)
            for name, address, sign in (("Start", "", "what_changed"), ("Explain", "explain", "provenance")):
                warm = [opening(browser, app, address, sign) for _ in range(asked.repeat)]
                print(Times(f"{name}, server warm", 1500, warm).row(), flush=True)
            for times in interactions(page, app, asked.data, asked.repeat):
                print(times.row())


if __name__ == "__main__":
    main()
