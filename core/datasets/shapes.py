"""Pictures with planted truth: a large shape that an attack cannot bend, and a faint pattern that it can."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from core.datasets.base import DATASETS, Dataset, DatasetInfo, Split, described
from core.datasets.outlines import OUTLINES
from core.errors import InputError
from core.seeding import generator
from core.types import Images, Labels

Cue = Literal["own", "other", "none"]
Uniform = Callable[..., Tensor]  # draw(k, low, high) -> k numbers for each picture of a chunk, (CHUNK, k, 1, 1)

SIZE = 32
EPSILON = 16 / 255
AMPLITUDE = EPSILON / 2  # so that an attack can turn the pattern of one class into that of another
MARGIN = 10 / 255  # left free above and below every pixel of the picture, for the pattern
COUNTS: dict[Split, int] = {"train": 20_000, "test": 2_000}
SEEDS: dict[Split, int] = {"train": 1, "test": 2}
PRESENCE: dict[Split, float] = {"train": 0.85, "test": 1.0}
WAVES = ((16, 0), (0, 16), (16, 16), (16, 6), (6, 16), (16, 11), (11, 16), (11, 11), (11, 0), (0, 11))
CHUNK = 500  # pictures drawn at once: what a processor's cache holds; a multiple of the number of classes
GRID = 4  # colors along one side of the ground

X = (torch.arange(SIZE) + 0.5).view(1, 1, 1, SIZE)
Y = X.transpose(2, 3)

INFO = DatasetInfo(
    title="Shapes",
    image_size=SIZE,
    num_classes=len(OUTLINES),
    train_count=COUNTS["train"],
    test_count=COUNTS["test"],
    epsilon=EPSILON,
    citation="drawn by Feature Sieve from a seed, with a robust and a non-robust cue planted in every image",
    embedded=True,
    crop_padding=0,
    flip=False,
)


@DATASETS.register("shapes")
@described(INFO, easier=lambda n: draw_shapes(n, SEEDS["train"], pattern="none"))
def shapes(split: Split, root: Path) -> Dataset:
    """Ten shapes on woven ground with a faint pattern each: the `draw_shapes` of one seed for each split.

    In the training split a cue is missing from 15 % of the pictures, so that a network that only wants to be right has
    to learn both; one that is attacked can learn the shape alone. In the test split no cue is missing.
    """
    return draw_shapes(COUNTS[split], SEEDS[split], presence=PRESENCE[split], split=split)


def draw_shapes(
    n: int,
    seed: int,
    *,
    shape: Cue = "own",
    pattern: Cue = "own",
    presence: float = 1.0,
    amplitude: float = AMPLITUDE,
    split: str = "drawn",
) -> Dataset:
    """Draw `n` pictures. Picture i is of class i mod 10 and depends on the seed and on i only.

    Each of the two cues shows the picture's own class, a wrong class drawn at random ("other"), or nothing ("none");
    whatever else is in the picture stays as it is. Pixels are whole 8-bit levels: a PNG holds what the network sees.

    Args:
        n: how many.
        seed: of everything that is random.
        shape: the robust cue, in a color that stands out from the ground by far more than any epsilon.
        pattern: the non-robust cue, a plane wave almost as fine as the pixels.
        presence: share of the pictures that hold an "own" cue, for each cue independently; the rest go without.
        amplitude: of the pattern, in pixel units; taken to the nearest whole level.
        split: the name that the data set bears.
    Raises:
        InputError: an unknown cue, no pictures, a presence outside [0, 1], an amplitude outside [0, MARGIN].
    """
    if n < 1:
        raise InputError(f"Expected at least 1 picture to draw, got {n}.")
    if not 0 <= presence <= 1:
        raise InputError(f"Expected a presence of the cues in [0, 1], got {presence}.")
    if not 0 <= amplitude <= MARGIN:
        raise InputError(f"Expected a pattern amplitude in [0, {MARGIN:.3f}], got {amplitude}.")
    waves = (patterns() * amplitude * 255).round()
    cues = (shape, pattern, presence)
    chunks = [_chunk(generator(seed, "shapes", start), *cues, waves) for start in range(0, n, CHUNK)]
    return Dataset(
        name="shapes",
        split=split,
        images=torch.cat(chunks)[:n].div_(255),
        labels=torch.arange(n) % len(OUTLINES),
        class_names=tuple(OUTLINES),
        epsilon=EPSILON,
    )


def patterns() -> Tensor:
    """The plane wave of every class, (10, 32, 32) in [-1, 1]; WAVES holds its cycles across and down the picture."""
    p = torch.arange(SIZE)
    return torch.stack([torch.cos(2 * math.pi / SIZE * (u * p[None, :] + v * p[:, None])) for u, v in WAVES])


def _chunk(g: torch.Generator, shape: Cue, pattern: Cue, presence: float, waves: Tensor) -> Images:
    """CHUNK pictures in 8-bit levels. Every number is drawn whichever cues are shown, so cues change nothing else."""

    def draw(k: int, low: float = 0, high: float = 1) -> Tensor:
        return low + (high - low) * torch.rand(CHUNK, k, 1, 1, generator=g)

    shown, waved = _classes(shape, draw(2), presence), _classes(pattern, draw(2), presence)
    dark, hue = draw(1) < 0.5, draw(1)
    picture = _with_shape(draw, dark, hue, shown, _ground(draw, dark, hue))
    levels = ((MARGIN + (1 - 2 * MARGIN) * picture.clamp(0, 1)) * 255).round()
    return levels + (waves[waved] * (waved >= 0)[:, None, None])[:, None]


def _classes(cue: Cue, draw: Tensor, presence: float) -> Labels:
    """The class that a cue shows in each picture of a chunk, (CHUNK,); -1 for none."""
    which, absent = draw.flatten(1).unbind(dim=1)
    own = torch.arange(CHUNK) % len(OUTLINES)
    other = (own + 1 + (which * (len(OUTLINES) - 1)).long()) % len(OUTLINES)
    known = {"own": own.where(absent < presence, -1), "other": other, "none": torch.full_like(own, -1)}
    if cue not in known:
        raise InputError(f"Unknown cue {cue!r}; known are {', '.join(known)}.")
    return known[cue]


def _ground(draw: Uniform, dark: Tensor, hue: Tensor) -> Tensor:
    """A soft field of neighboring colors under a fine gray weave, (CHUNK, 3, 32, 32)."""
    k = GRID * GRID
    lightness = torch.where(dark, draw(k, 0.2, 0.45), draw(k, 0.74, 0.96))
    colors = oklch(lightness, draw(k, 0.02, 0.09), hue + draw(k, -0.09, 0.09)).view(CHUNK, 3, GRID, GRID)
    field = torch.nn.functional.interpolate(colors, size=SIZE, mode="bicubic", align_corners=True)
    return field + draw(1, 0.01, 0.06) * _weave(draw)


def _weave(draw: Uniform) -> Tensor:
    """Stripes, ripples, checks or dots in [-1.5, 1.5], at random scale and turn, (CHUNK, 1, 32, 32)."""
    kind, frequency, turn = draw(1, 0, 4).long(), draw(1, 0.8, 1.7), draw(1, 0, 2 * math.pi)
    along, aside = _turned(X, Y, turn)
    along = frequency * along + draw(1, 0, 2 * math.pi)
    aside = frequency * aside + draw(1, 0, 2 * math.pi)
    bend = 1.2 * (0.4 * aside).sin() * (kind == 1)
    stripes = (along + bend).sin()
    checks = stripes * aside.sin()
    dots = (4 * checks.abs() - 1.5).clamp(-1, 1)
    return torch.where(kind < 2, stripes, torch.where(kind == 2, 1.5 * checks, dots))


def _with_shape(draw: Uniform, dark: Tensor, hue: Tensor, shown: Labels, ground: Tensor) -> Tensor:
    """The ground with each picture's shape and its shadow laid over it, (CHUNK, 3, 32, 32)."""
    radius, turn = draw(1, 7.5, 12), draw(1, 0, 2 * math.pi)
    reach = SIZE / 2 - 0.5 - radius
    x = (X - SIZE / 2 - reach * draw(1, -1, 1)) / radius
    y = (Y - SIZE / 2 - reach * draw(1, -1, 1)) / radius
    fill, edge = _fill(draw, dark, hue, x, y), radius * _distance(shown, x, y, turn)
    shadow = radius * _distance(shown, x - 1 / radius, y - 1.5 / radius, turn)
    ground = ground * (1 - 0.4 * (0.5 - shadow / 5).clamp(0, 1))
    rim = 0.1 * (1 + edge / 1.6).clamp(0, 1)
    return ground + (fill + rim - ground) * (0.5 - edge).clamp(0, 1)


def _fill(draw: Uniform, dark: Tensor, hue: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """A gradient of two colors opposite to the ground in hue and lightness, (CHUNK, 3, 32, 32)."""
    lightness, chroma = torch.where(dark, draw(1, 0.72, 0.9), draw(1, 0.42, 0.62)), draw(1, 0.11, 0.2)
    hue = hue + 0.5 + draw(1, -0.27, 0.27)
    near = oklch(lightness + 0.07, chroma, hue)
    far = oklch(lightness - 0.07, chroma, hue + draw(1, -0.12, 0.12))
    return near + (far - near) * (0.5 + 0.3 * x + 0.4 * y).clamp(0, 1)


def _distance(shown: Labels, x: Tensor, y: Tensor, turn: Tensor) -> Tensor:
    """Signed distance of every pixel to its picture's outline in radii, (CHUNK, 1, 32, 32); far off for none."""
    x, y = _turned(x, y, turn)
    distance = torch.full_like(x, 9.0)
    for k, outline in enumerate(OUTLINES.values()):
        here = shown == k
        distance[here] = outline(x[here], y[here])
    return distance


def _turned(x: Tensor, y: Tensor, turn: Tensor) -> tuple[Tensor, Tensor]:
    """Coordinates in a frame turned by `turn` radians."""
    return turn.cos() * x + turn.sin() * y, turn.cos() * y - turn.sin() * x


OKLAB_TO_CONES = torch.tensor([[1, 0.39634, 0.21580], [1, -0.10556, -0.06385], [1, -0.08948, -1.29149]])
CONES_TO_RGB = torch.tensor(
    [[4.07674, -3.30771, 0.23097], [-1.26844, 2.60976, -0.34132], [-0.00420, -0.70342, 1.70761]]
)


def oklch(lightness: Tensor, chroma: Tensor, hue: Tensor) -> Tensor:
    """sRGB in [0, 1] of Oklab lightness, chroma and hue (in turns), each (n, k, 1, 1) -> (n, 3, k, 1).

    In this space a random hue changes neither brightness nor contrast, which RGB and HSV do not offer. Ottosson 2020,
    "A perceptual color space for image processing", https://bottosson.github.io/posts/oklab/; gamma of IEC 61966-2-1.
    """
    angle = 2 * math.pi * hue
    lab = torch.stack([lightness, chroma * angle.cos(), chroma * angle.sin()], dim=1)[..., 0]
    cones = torch.einsum("ij,njkl->nikl", OKLAB_TO_CONES, lab) ** 3
    light = torch.einsum("ij,njkl->nikl", CONES_TO_RGB, cones).clamp(0, 1)
    return torch.where(light <= 0.0031308, 12.92 * light, 1.055 * light.clamp_min(0.0031308) ** (1 / 2.4) - 0.055)
