"""Networks by name."""

from typing import Any

from core.errors import InputError
from core.models import vgg, wide_resnet  # noqa: F401  (fill the registry)
from core.models.staged import MODELS, Staged


def build_model(name: str, *, num_classes: int, image_size: int, width: float = 1.0, **options: Any) -> Staged:
    """A freshly initialized network by name, drawn from torch's current seed.

    Raises:
        InputError: unknown name, fewer than two classes, a side that the network cannot halve, a width of 0 or less.
    """
    if num_classes < 2:
        raise InputError(f"A classifier needs at least 2 classes, got {num_classes}.")
    if image_size < 32 or image_size % 32:
        raise InputError(f"Image side must be a multiple of 32 pixels, got {image_size}.")
    if not 0 < width <= 8:
        raise InputError(f"Width must lie above 0 and be at most 8, got {width}.")
    return MODELS[name](num_classes=num_classes, image_size=image_size, width=width, **options)
