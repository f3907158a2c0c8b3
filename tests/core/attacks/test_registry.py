"""What stored results say of their attacks is still read, and found under the labels of their tables."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core import store
from core.attacks import ATTACKS, label_of
from core.config import from_dict, to_dict

KINDS = {entry.__name__: entry for entry in ATTACKS.values()}
STORED = sorted(store.RESULTS.glob("*/*/config.json"))


def written(data: Any) -> Iterator[dict[str, Any]]:
    """Every attack anywhere inside."""
    if isinstance(data, dict):
        if data.get("kind") in KINDS:
            yield data
        else:
            for inside in data.values():
                yield from written(inside)
    elif isinstance(data, list):
        for inside in data:
            yield from written(inside)


@pytest.mark.parametrize("config", STORED, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_a_stored_attack_is_the_value_that_it_was(config: Path) -> None:
    attacks = [(data, from_dict(KINDS[data["kind"]], data)) for data in written(json.loads(config.read_bytes()))]
    for data, attack in attacks:
        assert data.items() <= to_dict(attack).items()
    if (table := config.with_name("attacks.parquet")).is_file():
        assert pd.read_parquet(table)["label"].tolist() == [label_of(attack) for _, attack in attacks]


def test_there_are_stored_attacks() -> None:
    assert len(STORED) > 50
