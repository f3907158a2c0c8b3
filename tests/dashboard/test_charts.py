import numpy as np
import plotly.graph_objects as go
import pytest
from numpy.random import default_rng

from core.analysis.explain.figures import label_echo, noise_bars, prediction_bars, seed_grid
from core.look import DARK, LIGHT, Look, ink, percent, shown, tint

NAMES = ("disc", "ring", "<script>alert(1)</script>", "a class with quite a long name")


def some_channels(count: int = 40) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    draw = default_rng(0)
    variance = draw.lognormal(-3, 1, count)
    noise = np.where(draw.random(count) < 0.4, 10 * variance.max(), variance)
    return noise, variance, float(variance.max()), noise > variance.max()


def texts(figure: go.Figure) -> str:
    said = [annotation.text for annotation in figure.layout.annotations]
    said += [str(text) for trace in figure.data if trace.text is not None for text in np.atleast_1d(trace.text)]
    return "\n".join(said)


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_predictions_name_the_most_probable_classes_best_first(look: Look) -> None:
    panel = prediction_bars.Panel("● robust only", look.robust, np.array([0.1, 0.6, 0.1, 0.2]))
    figure = prediction_bars.predictions([("clean", [panel]), ("attacked", [panel, panel])], NAMES, 1, look, top=2)
    tracks, bars, _ = figure.data
    assert len(bars.x) == 3 * 2
    np.testing.assert_allclose(np.array(bars.x[:2]) / np.array(tracks.x[:2]), [0.6, 0.2])
    assert list(bars.base) == [0, 0, *bars.base[2:]]
    assert "<b>ring ✓</b>" in texts(figure)
    assert percent(0.6) in texts(figure)
    assert bars.marker.color[0] == look.robust


def test_class_names_cannot_carry_markup_into_a_figure() -> None:
    panel = prediction_bars.Panel("<a href='x'>", LIGHT.clean, np.array([0.1, 0.1, 0.7, 0.1]))
    said = texts(prediction_bars.predictions([("", [panel])], NAMES, None, LIGHT))
    said += texts(label_echo.echo("<i>", np.eye(4), NAMES, None, LIGHT))
    assert "<script" not in said
    assert "<a " not in said
    assert shown("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_noise_bars_stand_in_order_on_their_sides(look: Look) -> None:
    noise, variance, tolerance, robust = some_channels()
    figure = noise_bars.noise_bars(noise, variance, tolerance, robust, look, chosen=3, moved=(7,))
    blue, orange, dots = figure.data
    assert (len(blue.x), len(orange.x), len(dots.x)) == (robust.sum(), (~robust).sum(), len(noise))
    assert blue.marker.pattern.shape is None
    assert orange.marker.pattern.shape == "/"
    order = noise_bars.sorted_channels(noise)
    assert (np.diff(noise[order]) <= 0).all()
    assert [int(row[0]) for row in blue.customdata] == list(order[: robust.sum()])
    np.testing.assert_allclose(np.array(blue.base) + np.array(blue.y), noise[order][: robust.sum()])
    assert figure.layout.yaxis.type == "log"
    outlined = [row[0] for bars in (blue, orange) for row, w in zip(bars.customdata, bars.marker.line.width) if w]  # noqa: B905
    assert outlined == [7]
    assert f"<b>● {robust.sum()} robust</b>" in texts(figure)
    assert "<b>3</b>" in texts(figure)


@pytest.mark.parametrize("robust", [np.zeros(5, bool), np.ones(5, bool)])
def test_noise_bars_of_one_side_only_and_of_dead_channels(robust: np.ndarray) -> None:
    figure = noise_bars.noise_bars(np.array([0, 1e-12, 1.0, 2.0, 3.0]), np.zeros(5), 1e-9, robust, LIGHT)
    low, high = figure.layout.yaxis.range
    assert np.isfinite([low, high]).all()
    assert low < high


def test_echo_marks_what_is_said_most() -> None:
    said = np.full((4, 4), 0.1) + 0.6 * np.eye(4)[[0, 0, 2, 3]]
    figure = label_echo.echo("robust", said, NAMES, 1, LIGHT)
    matrix, circles = figure.data
    np.testing.assert_array_equal(np.array(matrix.z), said)
    assert list(circles.x) == [0, 0, 2, 3]
    assert figure.layout.yaxis.ticktext[1] == "ring ✓"
    assert (matrix.zmin, matrix.zmax, matrix.colorbar.ticktext[-1]) == (0, 1, percent(1))


def test_nobody_speaks_for_a_label_that_leaves_no_channel() -> None:
    """U13: no color, no circle, and words instead."""
    said = np.full((4, 4), 0.1) + 0.6 * np.eye(4)
    said[1] = np.nan
    matrix, circles, words = label_echo.echo("robust", said, NAMES, 1, LIGHT).data
    assert list(circles.y) == [0, 2, 3]
    assert (list(words.y), list(words.text)) == ([1], ["nothing: no channel"])
    panel = prediction_bars.Panel("● none: empty", LIGHT.robust, None)
    assert "nothing: no channel" in texts(prediction_bars.predictions([("", [panel])], NAMES, None, LIGHT))


def test_seeds_mark_the_channels_that_change() -> None:
    masks = np.array([[True, False, True], [True, False, False]])
    figure = seed_grid.seeds(masks, np.array([1.0, 2.0, 3.0]), LIGHT)
    picture, diamonds = figure.data
    assert list(diamonds.customdata) == [2]
    assert list(diamonds.x) == [0]
    tall = np.array(picture.z, dtype=float)[0]
    np.testing.assert_array_equal(tall, [1, np.nan, 1])


def test_a_tint_lies_between_color_and_page() -> None:
    assert tint("#000000", 1, LIGHT) == "#000000"
    assert tint("#000000", 0, LIGHT) == LIGHT.background
    assert tint("#000000", 0.5, LIGHT) == "#808080"


@pytest.mark.parametrize("look", [LIGHT, DARK])
@pytest.mark.parametrize("color", ["robust", "nonrobust", "clean"])
def test_letters_in_a_color_have_the_contrast_that_they_need(look: Look, color: str) -> None:
    """WCAG 2, 1.4.3: 4.5 to 1."""
    light, dark = sorted((luminance(ink(getattr(look, color), look)), luminance(look.background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(color: str) -> float:
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return float(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])
