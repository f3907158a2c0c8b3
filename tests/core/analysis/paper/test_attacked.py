from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from torch import distributed

from core.analysis.experiment import Subject
from core.analysis.kept import Kept
from core.analysis.paper import attacked
from core.analysis.paper.attacked import Attacked
from core.analysis.paper.parts import Parts
from core.analysis.paper.table1 import Table1
from core.analysis.paper.table2 import Table2
from core.analysis.results import Result
from core.attacks import FGSM, PGD, ThreatModel
from core.device import Place
from tests.core.analysis.conftest import BOTTLENECK, Bench

BALL = ThreatModel(epsilon=0.1)
OPTIONS: dict[str, Any] = {"n": 5, "attacks": (FGSM(threat=BALL), PGD(threat=BALL, steps=2)), "bottleneck": BOTTLENECK}
TABLES = [Table1(**OPTIONS), Table2(**OPTIONS)]
STARTS = (0, 2, 4)


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attacked, "BATCH", 2)


@pytest.fixture(params=TABLES, ids=["table1", "table2"])
def table(request: pytest.FixtureRequest) -> Attacked:
    return request.param


@pytest.fixture
def computed(table: Attacked, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where each batch begins that is computed rather than found."""
    starts: list[int] = []
    rows = type(table).rows

    def counting(self, model, dataset, part):  # type: ignore[no-untyped-def]
        starts.append(part.start)
        return rows(self, model, dataset, part)

    monkeypatch.setattr(type(table), "rows", counting)
    return starts


def on(bench: Bench, kept: Path, rank: int = 0, world: int = 1) -> Subject:
    """The bench, with a folder for what is half done, in one of several processes."""
    return replace(bench.subject, kept=Kept(kept), place=Place(rank=rank, world=world))


def same(found: Result, expected: Result) -> bool:
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame, check_exact=True)
    return found.tables.keys() == expected.tables.keys() and found.summary == expected.summary


def test_batches_in_any_order_say_the_same(table: Attacked, bench: Bench, tmp_path: Path) -> None:
    parts = Parts(table.kept(on(bench, tmp_path)), table.yields)
    for start in reversed(STARTS):
        parts.save(start, table.rows(bench.model, bench.data, slice(start, min(start + 2, 5))))
    assert same(table(on(bench, tmp_path)), table(bench.subject))


def test_what_is_kept_is_not_computed_again(table: Attacked, bench: Bench, tmp_path: Path, computed: list[int]) -> None:
    first = table(on(bench, tmp_path))
    assert computed == [*STARTS]
    steps: list[tuple[int, int]] = []
    assert same(table(on(bench, tmp_path), on_step=lambda *step: steps.append(step)), first)
    assert computed == [*STARTS]
    assert steps == [(2, 5), (4, 5), (5, 5)]


def test_stopped_half_way_it_goes_on(table: Attacked, bench: Bench, tmp_path: Path, computed: list[int]) -> None:
    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table(on(bench, tmp_path), on_step=stop)
    resumed = table(on(bench, tmp_path))
    assert computed == [*STARTS]
    assert same(resumed, table(bench.subject))


@pytest.mark.parametrize("damage", ["truncated", "empty", "garbage", "one bit", "of another batch", "missing"])
def test_a_damaged_batch_is_computed_again(
    table: Attacked, bench: Bench, tmp_path: Path, computed: list[int], damage: str
) -> None:
    first = table(on(bench, tmp_path))
    path, other = (next(tmp_path.glob(f"*/*/{table.yields[-1]}-{start:06d}-*")) for start in STARTS[1:])
    whole = path.read_bytes()
    flipped = whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:]
    bad = {"truncated": whole[:-20], "empty": b"", "garbage": b"PAR1" * 20, "one bit": flipped}
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(bad.get(damage, other.read_bytes()))
    assert same(table(on(bench, tmp_path)), first)
    assert computed == [*STARTS, 2]
    assert path.read_bytes() == whole


def test_two_processes_take_turns_at_what_is_missing(
    table: Attacked, bench: Bench, tmp_path: Path, computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []

    def broadcast(told: list[object]) -> None:
        if said:
            told[:] = said
        else:
            said.extend(told)

    monkeypatch.setattr(distributed, "broadcast_object_list", broadcast)
    monkeypatch.setattr(distributed, "barrier", lambda: None)
    Parts(table.kept(on(bench, tmp_path)), table.yields).save(2, table.rows(bench.model, bench.data, slice(2, 4)))
    computed.clear()
    for rank, own in ((0, [0]), (1, [0, 4])):
        alone = on(bench, tmp_path, rank, 2)
        table._share(alone, alone.first(5), Parts(table.kept(alone), table.yields), None)
        assert computed == own
    assert same(table(on(bench, tmp_path)), table(bench.subject))


def test_dropped_it_begins_anew(table: Attacked, bench: Bench, tmp_path: Path, computed: list[int]) -> None:
    table(on(bench, tmp_path))
    Parts(table.kept(on(bench, tmp_path)), table.yields).drop()
    assert not list(tmp_path.glob("*/*"))
    table(on(bench, tmp_path))
    assert computed == [*STARTS, *STARTS]
