from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from core.analysis.visualize.findings import answer, doubt, tallies

NAMES = ("disc", "square")


def gallery(*pictures: tuple[str, str, str, str, int]) -> Any:
    """Of one image of class disc: network, mask, images, side and what its picture is called; -1 is none."""
    columns = ["network", "mask", "images", "side", "view_called"]
    table = pd.DataFrame(pictures, columns=columns).assign(image=4, seed=0, label=0)
    table["picture"] = table["view_called"].where(table["view_called"] < 0, 0)
    return SimpleNamespace(strips=table, seeds=[0, 7], images=[4], folder=Path())


def mine(images: str, robust: int, rest: int) -> list[tuple[str, str, str, str, int]]:
    return [
        ("trained", "distilled", images, side, called) for side, called in (("robust", robust), ("nonrobust", rest))
    ]


@pytest.mark.parametrize(
    ("pictures", "sentence"),
    [
        (
            [*mine("clean", 0, 0), *mine("attacked", 0, 1)],
            "From the clean **disc**, the ● robust and the ▲ non-robust channels both give a picture called **disc**. "
            "From the attacked one, the ● robust channels give **disc**, the ▲ non-robust ones **square**.",
        ),
        (mine("clean", -1, 0), "no channel is ● robust; the ▲ non-robust ones give a picture called **disc**."),
        (mine("clean", 1, -1), "every channel is ● robust, and they give a picture called **square**."),
    ],
)
def test_the_answer_says_what_each_side_draws(pictures: list[Any], sentence: str) -> None:
    assert answer(gallery(*pictures), 4, NAMES).endswith(sentence)


def test_the_doubt_puts_random_channels_beside_the_robust_ones() -> None:
    drawn = [("trained", "random", images, "robust", 0) for images in ("clean", "attacked")]
    found = gallery(*mine("clean", 0, 0), *mine("attacked", -1, 1), *drawn)
    assert [(tally.called, tally.of) for tally in tallies(found)] == [(1, 2), (2, 2)]
    assert "**1** of 2 pictures of robust channels, but also **2** from the same number" in doubt(found)


def test_without_twins_the_doubt_says_that_there_are_none() -> None:
    assert "nothing was drawn to compare" in doubt(gallery(*mine("clean", 0, 0)))
