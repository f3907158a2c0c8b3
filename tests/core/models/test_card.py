import math
from dataclasses import replace
from typing import Any

import pytest

from core.errors import InputError
from core.models import ModelCard
from core.types import Accuracy

CARD = ModelCard(
    name="toy-vgg16-adv",
    network="vgg16",
    width=0.02,
    num_classes=3,
    image_size=32,
    cut="conv5_3",
    data="toy",
    class_names=("a", "b", "c"),
    epsilon=0.03,
    defense="adv",
)
NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "../../etc/passwd"),
        ("name", ".hidden"),
        ("name", ""),
        ("name", "a" * 101),
        ("name", "toy\n"),
        ("width", 1e9),
        ("width", 0.0),
        ("width", -1.0),
        ("width", NAN),
        ("width", INF),
        ("width", 10**400),
        ("num_classes", 1),
        ("num_classes", 10**9),
        ("image_size", 10**6),
        ("image_size", -32),
        ("epsilon", NAN),
        ("epsilon", 2.0),
        ("dtype", "float64"),
        ("sha256", "abc"),
        ("class_names", ("a", "b")),
        ("clean_accuracy", Accuracy(value=NAN, n=10, low=0.0, high=1.0)),
        ("robust_accuracy", Accuracy(value=0.5, n=10, low=-1.0, high=1.0)),
        ("robust_accuracy", Accuracy(value=0.5, n=0, low=0.0, high=1.0)),
    ],
)
def test_values_that_no_card_has_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"card's {name} must be .* got .*; get or train"):
        replace(CARD, **{name: value})
