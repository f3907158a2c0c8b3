import pandas as pd
import pytest

from core.analysis.start.cases import CHANNELS, IMAGES, telling_channels, telling_images

CASES = {  # label 0: (whole network clean, attacked; robust channels attacked; empty)
    "turned": (0, 1, 0, False),
    "lost": (0, 1, 1, False),
    "held": (0, 0, 0, False),
    "wrong": (1, 1, 0, False),
    "empty": (0, 0, 1, True),
}


def survey(*kinds: str) -> pd.DataFrame:
    columns = ["clean_all", "attacked_all", "attacked_robust", "empty"]
    return pd.DataFrame([CASES[kind] for kind in kinds], columns=columns).assign(label=0, index=range(len(kinds)))


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        (["held", "held", "turned", "turned", "wrong", "lost", "lost"], [2, 5, 0, 4]),
        (["turned"] * 6, [0, 1, 2, 3]),
        (["turned", "turned", "held"], [0, 2, 1]),
        (["held", "empty", "turned", "turned"], [2, 0, 1, 3]),
        (["wrong"], [0]),
    ],
    ids=str,
)
def test_the_first_image_of_each_case_then_more_of_the_first(kinds: list[str], chosen: list[int]) -> None:
    assert telling_images(survey(*kinds)) == chosen
    assert len(chosen) <= IMAGES


def test_channels_robust_most_often_then_least_often_the_most_active_of_equals() -> None:
    shares = [0.1, 0.9, 0.0, 0.5, 0.0, 0.8, 0.0, 0.7, 0.0, 0.6, 0.0, 0.3]
    channels = pd.DataFrame({"channel": range(12), "robust_share": shares, "mean_activation": range(12)})
    assert telling_channels(channels) == [1, 5, 7, 9, 10, 8, 6, 4]
    few = telling_channels(channels.head(4))
    assert (few, len(telling_channels(channels))) == ([1, 3, 2, 0], CHANNELS)


def test_the_image_that_start_shows_comes_first() -> None:
    table = survey("turned", "held")
    assert telling_images(table, {"image": 40})[0] == 40
    assert telling_images(table, {"image": 40})[1:] == telling_images(table)
