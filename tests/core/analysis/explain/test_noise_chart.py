import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from core.analysis.explain.noise_chart import HEIGHT, WIDTH, noise_chart

SVG = {
    "noise_variance": [5.0, 0.01, 20.0, 0.3],
    "feature_variance": [0.1, 0.02, 0.5, 1.0],
    "robust": [True, False, True, False],
    "tolerance": 1.0,
}


def paths(split: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """The end points of each kind of mark: (x, y)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for path in ET.fromstring(noise_chart(split)).iter("path"):
        d = path.get("d") or ""
        bars = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) [\d.]+V([\d.]+)", d)]
        dots = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)[hH]", d)]
        found.setdefault(path.get("class") or "", []).extend(bars or dots)
    return found


def test_a_bar_and_a_dot_for_each_channel() -> None:
    found = paths(SVG)
    assert (len(found["robust"]), len(found["nonrobust"]), len(found["own"])) == (2, 2, 4)
    assert len({x for x, _ in found["own"]}) == 4
    assert {x for x, _ in found["own"]} == {x for x, _ in found["robust"] + found["nonrobust"]}


def test_the_tolerance_divides_the_sides() -> None:
    found = paths(SVG)
    line = found["tolerance"][0][1]
    assert all(y < line for _, y in found["robust"])  # y grows downwards
    assert all(y > line for _, y in found["nonrobust"])
    assert [y for _, y in found["robust"]] == sorted(y for _, y in found["robust"])


def test_equal_factors_are_equal_heights() -> None:
    """A log axis: 0.5 to 5 is as far as 1 to 10."""
    split = {**SVG, "noise_variance": [0.5, 5.0, 1.0, 10.0], "robust": [False] * 4, "tolerance": 10.0}
    heights = sorted(y for _, y in paths(split)["nonrobust"])  # of 10, 5, 1, 0.5
    assert heights[2] - heights[0] == pytest.approx(heights[3] - heights[1], abs=0.2)


@pytest.mark.parametrize("robust", [True, False])
@pytest.mark.parametrize("channels", [1, 640])
def test_one_side_may_be_empty_and_zero_has_a_place(robust: bool, channels: int) -> None:
    noise = np.logspace(-30, 30, channels) if robust else np.zeros(channels)
    split = {
        "noise_variance": noise.tolist(),
        "feature_variance": [0.0] * channels,
        "robust": [robust] * channels,
        "tolerance": 0.0 if robust else 1e-9,
    }
    text = noise_chart(split)
    points = [point for kind in paths(split).values() for point in kind]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert ("▲" in text, "● " in text) == (not robust, robust)
    assert f"{channels if robust else 0} of {channels} channels tolerate" in text
    assert len(text) < 60_000
