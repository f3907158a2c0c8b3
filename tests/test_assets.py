"""What ships in assets/: small enough, whole, and each with the record of how it was made (REP-4, CKP-3)."""

import hashlib
import json
from pathlib import Path

import pytest

from core import store
from core.models import load_card, load_model

CARDS = sorted(store.MODELS.glob("*.json"))
RESULTS = sorted(path.parent for path in store.RESULTS.rglob("manifest.json"))  # MODEL/KIND
MEGABYTE = 1 << 20


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_models_take_at_most_20_megabytes() -> None:
    assert size(store.MODELS) <= 20 * MEGABYTE


def test_the_models_of_the_issue_ship() -> None:
    wanted = {f"{data}-vgg16-{defense}" for data in ("digits", "shapes", "cifar10") for defense in ("standard", "adv")}
    wanted |= {f"{data}-vgg16-{defense}" for data in ("shapes", "cifar10") for defense in ("trades", "mart")}
    assert wanted <= {card.stem for card in CARDS}


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_shipped_card_is_complete_and_its_hash_right(path: Path) -> None:
    card = load_card(path)
    assert not [name for name in ("recipe", "command", "versions", "made", "sha256") if not getattr(card, name)]
    assert card.clean_accuracy is not None
    assert card.robust_accuracy is not None
    weights = path.with_suffix(".safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == card.sha256


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_shipped_model_loads_ready_to_use(path: Path) -> None:
    model = load_model(path)
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("folder", RESULTS, ids=lambda path: "-".join(path.relative_to(store.RESULTS).parts))
def test_a_shipped_result_says_how_it_was_made(folder: Path) -> None:
    files = [
        path
        for path in (folder / "manifest.json", folder / "config.json")
        if path.name == "manifest.json" or path.is_file()
    ]
    conditions = {name for path in files for name in json.loads(path.read_text(encoding="utf-8"))}
    assert {"model", "data", "seed", "versions", "made"} <= conditions


def test_every_result_lies_in_such_a_folder() -> None:
    assert not [path for path in store.RESULTS.rglob("*") if path.is_file() and path.parent not in RESULTS]


def test_the_results_take_at_most_10_megabytes() -> None:
    assert size(store.RESULTS) <= 10 * MEGABYTE
