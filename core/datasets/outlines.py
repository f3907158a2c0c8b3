"""Ten outlines as signed distances: negative inside, 0 on the edge, positive outside, in units of the radius."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Outline = Callable[[Tensor, Tensor], Tensor]  # coordinates x to the right, y downwards -> distance, all of one shape


def disc(x: Tensor, y: Tensor, radius: float = 0.84) -> Tensor:
    return torch.hypot(x, y) - radius


def ring(x: Tensor, y: Tensor) -> Tensor:
    return disc(x, y, 0.7).abs() - 0.21


def crescent(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(disc(x, y, 0.95), -disc(x - 0.5, y, 0.74))


def box(x: Tensor, y: Tensor, half_width: float, half_height: float) -> Tensor:
    return torch.maximum(x.abs() - half_width, y.abs() - half_height)


def square(x: Tensor, y: Tensor) -> Tensor:
    return box(x, y, 0.72, 0.72)


def triangle(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(y - 0.5, 0.866 * x.abs() - 0.5 * y - 0.5)


def star(x: Tensor, y: Tensor, points: int = 5, inner: float = 0.42) -> Tensor:
    """The edge from a tip at radius 1 to the notch at radius `inner`, folded into one half of one point."""
    sector = math.pi / points
    angle = (torch.atan2(y, x).remainder(2 * sector) - sector).abs() - sector
    along, across = inner * math.cos(sector) - 1, inner * math.sin(sector)
    radius = torch.hypot(x, y)
    from_tip, aside = radius * angle.cos() - 1, -radius * angle.sin()
    return (from_tip * across - aside * along) / math.hypot(along, across)


def cross(x: Tensor, y: Tensor) -> Tensor:
    return torch.minimum(box(x, y, 0.95, 0.29), box(x, y, 0.29, 0.95))


def heart(x: Tensor, y: Tensor) -> Tensor:
    """Two discs that touch in the middle, and the wedge between their outer tangents that meet at the tip."""
    x = x.abs()
    lobe = disc(x - 0.45, y + 0.35, 0.45)
    wedge = torch.maximum(0.77 * x + 0.638 * (y - 0.9), 0.339 * x - 0.941 * (y + 0.35))
    return torch.minimum(lobe, wedge)


def arrow(x: Tensor, y: Tensor) -> Tensor:
    head = torch.maximum(y - 0.1, 0.73 * x.abs() - 0.68 * y - 0.66)
    return torch.minimum(head, box(x, y - 0.5, 0.25, 0.46))


def hourglass(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(y.abs() - 0.8, 0.78 * (x.abs() - 0.85 * y.abs() - 0.1))


OUTLINES: dict[str, Outline] = {
    "disc": disc,
    "ring": ring,
    "crescent": crescent,
    "square": square,
    "triangle": triangle,
    "star": star,
    "cross": cross,
    "heart": heart,
    "arrow": arrow,
    "hourglass": hourglass,
}
