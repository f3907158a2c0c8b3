"""What stands beside the weights of a model: how it was made, on what, and how accurate it is, under which attack."""

import re
from dataclasses import dataclass, field
from typing import Any

from core.errors import InputError
from core.types import Accuracy

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SHA256 = re.compile(r"[0-9a-f]{64}")
DTYPES = ("float32", "float16")
MOST_CLASSES = 10_000
LARGEST_IMAGE = 1024


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """One model's record; the single source for menus, tables and tests.

    Args:
        name: `<data>-<network>-<defense>`, also the stem of both files.
        network: as registered in MODELS.
        width: factor on every number of channels.
        num_classes: of the logits.
        image_size: side of the images in pixels.
        cut: where the features are taken by default.
        data: the data set it was trained and tested on.
        class_names: in label order.
        epsilon: radius (linf, pixel units) that suits the data; what a page or an attack offers first.
        defense: the training objective.
        recipe: every hyper-parameter of the training.
        command: the command line that made it.
        clean_accuracy: on the test set.
        robust_accuracy: on the test set under the attack it names.
        dtype: in which the weights are stored; the loaded network is always float32.
        sha256: of the weights file; empty until it is saved.
        versions: of the libraries that made it.
        made: when, UTC, ISO 8601.
        notes: what a person should know before trusting it.
    Raises:
        InputError: a value that no card of this project has, on construction.
    """

    name: str
    network: str
    width: float
    num_classes: int
    image_size: int
    cut: str
    data: str
    class_names: tuple[str, ...]
    epsilon: float
    defense: str
    recipe: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    clean_accuracy: Accuracy | None = None
    robust_accuracy: Accuracy | None = None
    dtype: str = "float32"
    sha256: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    made: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        self._require(bool(NAME.fullmatch(self.name)), "name", "letters, digits, dots, dashes and underscores")
        self._require(_between(self.width, 1e-3, 8), "width", "a number from 0.001 to 8")
        self._require(_between(self.num_classes, 2, MOST_CLASSES), "num_classes", f"2 to {MOST_CLASSES}")
        self._require(_between(self.image_size, 32, LARGEST_IMAGE), "image_size", f"32 to {LARGEST_IMAGE} pixels")
        self._require(_between(self.epsilon, 0, 1), "epsilon", "a number from 0 to 1")
        self._require(self.dtype in DTYPES, "dtype", " or ".join(DTYPES))
        self._require(not self.sha256 or bool(SHA256.fullmatch(self.sha256)), "sha256", "64 hexadecimal digits")
        self._require(len(self.class_names) == self.num_classes, "class_names", f"{self.num_classes} names")
        for which in ("clean_accuracy", "robust_accuracy"):
            measured = getattr(self, which)
            if measured is not None:
                holds = all(_between(part, 0, 1) for part in (measured.value, measured.low, measured.high))
                self._require(holds and measured.n >= 1, which, "fractions from 0 to 1 of at least 1 image")

    def _require(self, holds: bool, name: str, expected: str) -> None:
        if not holds:
            came = repr(getattr(self, name))[:80]
            raise InputError(f"A model card's {name} must be {expected}, got {came}; get or train the model again.")


def _between(value: float, low: float, high: float) -> bool:
    return low <= value <= high  # False for NaN and for integers too large for a float
