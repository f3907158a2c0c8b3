"""Networks that were never trained, with results that never touched a disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from core.analysis.results import StoredResult
from core.config import to_dict
from core.models import ModelCard
from core.training import RECIPES
from core.training.augmentation import Augmentation


def card(name: str = "cifar10-vgg16-adv", **changes: object) -> ModelCard:
    """A full-width network of the released code's recipe, but for the changes; data, network, defense by its name."""
    data, network, defense = name.split("-", 2)
    fields = {"width": 1.0, "num_classes": 10, "image_size": 32, "cut": "conv5_3", "epsilon": 0.03}
    recipe = {"epsilon": 0.03, "recipe": to_dict(RECIPES["paper"](defense)), "augmentation": to_dict(Augmentation())}
    names = tuple("abcdefghij")
    given = {"class_names": names, "recipe": recipe, **fields, **changes}
    return ModelCard(name=name, data=data, network=network, defense=defense, **given)  # type: ignore[arg-type]


def _config() -> dict[str, Any]:
    return {"n": 1000, "seed": 0}


@dataclass(frozen=True, kw_only=True)
class Stored(StoredResult):
    """A result of which everything is given."""

    folder: Path = Path()
    card: ModelCard = field(default_factory=card)  # type: ignore[assignment]
    config: dict[str, Any] = field(default_factory=_config)  # type: ignore[assignment]
    summary: dict[str, Any] = field(default_factory=dict)  # type: ignore[assignment]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def share(percent: float, n: int = 50, half: float = 10) -> dict[str, float]:
    """A share of n images, with `half` points of an interval on either side."""
    return {"value": percent / 100, "low": (percent - half) / 100, "high": (percent + half) / 100, "n": n}


def attacks(of: ModelCard | None = None, *, clean: float = 80, half: float = 10, n: int = 50, **left: float) -> Stored:
    """Table 3 or 4: accuracy in percent, clean and under each attack; PGD and CW where none is named."""
    rows = [{"label": label, **share(percent, n, half)} for label, percent in (left or {"pgd": 50, "cw": 30}).items()]
    return Stored(
        card=of or card(),
        summary={"n": n, "clean": share(clean, n, half)},
        tables={"attacks": pd.DataFrame(rows)},
    )
