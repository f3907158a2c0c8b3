"""Noise against tolerance, channel by channel, as a small SVG: three paths, two lines, no script."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 920, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 40
DECADES = 7  # at most; what lies below is drawn on the floor


def noise_chart(split: dict[str, Any]) -> str:
    """Bars of sigma^2, sorted, on a log axis; dots of each channel's own variance; the tolerance as a dashed line.

    Args:
        split: with `noise_variance`, `feature_variance`, `robust` (lists, one entry a channel) and `tolerance`.
    """
    noise, variance, robust = (np.asarray(split[key]) for key in ("noise_variance", "feature_variance", "robust"))
    order = np.lexsort((-noise, ~robust))  # the robust side first, each side from the most noise to the least
    low, high = _range(noise, variance, split["tolerance"])
    x = LEFT + (np.arange(len(order)) + 0.5) * (WIDTH - LEFT - RIGHT) / len(order)
    bar = 0.8 * (WIDTH - LEFT - RIGHT) / len(order)
    y, dots = _height(noise[order], low, high), _height(variance[order], low, high)
    sides = "".join(
        f'<path class="{name}" stroke-width="{bar:.2f}" d="{_bars(x[keep], y[keep])}"/>'
        for name, keep in (("robust", robust[order]), ("nonrobust", ~robust[order]))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_takeaway(split)}">'
        f"{_axis(low, high)}{sides}"
        f'<path class="own" stroke-width="{min(4.0, max(1.6, bar)):.2f}" d="{_dots(x, dots)}"/>'
        f"{_tolerance(float(_height(np.array([split['tolerance']]), low, high)[0]), split['tolerance'])}"
        f"{_side_names(int(robust.sum()), len(robust))}</svg>"
    )


def _range(noise: NDArray[Any], variance: NDArray[Any], tolerance: float) -> tuple[int, int]:
    """Decades from just below the smallest to just above the largest."""
    values = np.concatenate([noise, variance, [tolerance]])
    values = values[values > 0]
    high = math.ceil(math.log10(values.max()))
    return max(math.floor(math.log10(values.min())), high - DECADES), high


def _height(values: NDArray[Any], low: int, high: int) -> NDArray[Any]:
    share = (np.log10(np.maximum(values, 10.0**low)) - low) / max(1, high - low)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _bars(x: NDArray[Any], y: NDArray[Any]) -> str:
    return "".join(f"M{a:.1f} {HEIGHT - BOTTOM}V{b:.1f}" for a, b in zip(x, y, strict=True))


def _dots(x: NDArray[Any], y: NDArray[Any]) -> str:
    return "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x, y, strict=True))


def _axis(low: int, high: int) -> str:
    lines = []
    for decade in range(low, high + 1):
        y = float(_height(np.array([10.0**decade]), low, high)[0])
        name = f"{10.0**decade:g}"
        lines.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{name}</text>')
    return "".join(lines)


def _tolerance(y: float, tolerance: float) -> str:
    end = WIDTH - RIGHT
    return (
        f'<path class="tolerance" d="M{LEFT} {y:.1f}H{end}"/>'
        f'<text class="strong" x="{end}" y="{y - 7:.1f}" text-anchor="end">tolerance T = {tolerance:.3g}</text>'
    )


def _side_names(robust: int, total: int) -> str:
    def name(at: float, text: str, side: str) -> str:
        place = min(max(LEFT + at * (WIDTH - LEFT - RIGHT), LEFT + 70), WIDTH - RIGHT - 80)
        return (
            f'<text class="{side} strong" x="{place:.0f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{text}</text>'
        )

    found = name(robust / total / 2, f"● {robust} robust", "robust") if robust else ""
    return found + (
        name((robust + total) / total / 2, f"▲ {total - robust} non-robust", "nonrobust") if robust < total else ""
    )


def _takeaway(split: dict[str, Any]) -> str:
    robust = sum(split["robust"])
    return (
        f"{robust} of {len(split['robust'])} channels tolerate more noise than T = {split['tolerance']:.3g}, "
        "the largest variance of any channel."
    )
