"""A label of the data is the model's, found by the name of its class."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from core.datasets import Dataset
from core.errors import InputError
from dashboard.answers import at_hand, image
from dashboard.selection.state import Selection

CARD = SimpleNamespace(name="toy", class_names=("ant", "bee", "cow"), image_size=32)
CATALOG: Any = SimpleNamespace(cards={"toy": CARD}, images={"folder": 2})
SELECTION = replace(Selection(), data="folder", model="toy", image=1)


def left(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """The class folders that are still there, a picture in each."""
    data = Dataset("folder", "test", torch.rand(2, 3, 32, 32), torch.tensor([0, 1]), names, 0.1)
    monkeypatch.setattr(at_hand, "dataset", lambda name: data)
    monkeypatch.setattr(at_hand, "version", lambda name: 1)


def test_a_class_whose_folder_is_gone_shifts_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    left(monkeypatch, "bee", "cow")
    found = image.looked_at(SELECTION, CATALOG)
    assert found is not None
    assert found.true_label == 2


def test_a_class_that_the_model_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    left(monkeypatch, "bee", "dog")
    with pytest.raises(InputError, match="folder has dog"):
        image.looked_at(SELECTION, CATALOG)
