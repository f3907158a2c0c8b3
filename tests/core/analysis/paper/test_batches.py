from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from torch import distributed

from core.analysis import attacked
from core.analysis.experiment import Subject
from core.analysis.kept import Kept
from core.analysis.paper import batches
from core.analysis.paper.batches import ByBatch
from core.analysis.paper.table1 import Table1
from core.analysis.paper.table2 import Table2
from core.analysis.results import Result
from core.attacks import FGSM, PGD, ThreatModel
from core.device import Place
from core.errors import InputError
from tests.core.analysis.conftest import BOTTLENECK, Bench

BALL = ThreatModel(epsilon=0.1)
OPTIONS: dict[str, Any] = {"n": 5, "attacks": (FGSM(threat=BALL), PGD(threat=BALL, steps=2)), "bottleneck": BOTTLENECK}
TABLES = [Table1(**OPTIONS), Table2(**OPTIONS)]
STARTS = [0, 2, 4]


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr(attacked, "BATCH", 2)


@pytest.fixture(params=TABLES, ids=["table1", "table2"])
def table(request: pytest.FixtureRequest) -> ByBatch:
    return request.param


@pytest.fixture
def read(table: ByBatch, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where each batch begins that is read rather than found."""
    starts: list[int] = []
    reading = type(table).read

    def counting(self, subject, data, rows):  # type: ignore[no-untyped-def]
        starts.append(int(rows[0]))
        return reading(self, subject, data, rows)

    monkeypatch.setattr(type(table), "read", counting)
    return starts


@pytest.fixture
def subject(bench: Bench, tmp_path: Path) -> Subject:
    return replace(bench.subject, kept=Kept(tmp_path))


def same(found: Result, expected: Result) -> bool:
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame, check_exact=True)
    return found.tables.keys() == expected.tables.keys() and found.summary == expected.summary


def test_what_is_kept_is_not_read_again(table: ByBatch, subject: Subject, bench: Bench, read: list[int]) -> None:
    first = table(subject)
    assert read == STARTS
    steps: list[tuple[int, int]] = []
    assert same(table(subject, on_step=lambda *step: steps.append(step)), first)
    assert read == STARTS
    assert steps == [(2, 5), (4, 5), (5, 5)]
    assert same(first, table(bench.subject))  # which keeps nothing


def test_stopped_half_way_it_goes_on(table: ByBatch, subject: Subject, bench: Bench, read: list[int]) -> None:
    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table(subject, on_step=stop)
    resumed = table(subject)
    assert read == STARTS
    assert same(resumed, table(bench.subject))


def test_a_damaged_batch_is_read_again(table: ByBatch, subject: Subject, tmp_path: Path, read: list[int]) -> None:
    first = table(subject)
    (path,) = tmp_path.glob("*/paper-*/000002.safetensors")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    assert same(table(subject), first)
    assert read == [*STARTS, 2]
    assert path.read_bytes() == whole


def test_another_table_of_the_same_attacks_finds_what_they_did(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    TABLES[0](subject)

    def never(*_: object, **__: object) -> Iterator[None]:
        raise AssertionError("attacked again")

    monkeypatch.setattr(attacked, "attack_batch", never)
    TABLES[1](subject)


def test_two_processes_take_turns_at_what_is_missing(
    table: ByBatch, subject: Subject, bench: Bench, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []

    def broadcast(missing: list[object]) -> None:
        if told:
            missing[:] = told
        else:
            told.extend(missing)

    monkeypatch.setattr(distributed, "broadcast_object_list", broadcast)
    monkeypatch.setattr(distributed, "barrier", lambda: None)
    names: list[int] = []
    for rank, own in ((1, []), (0, [0, 4])):
        if rank:  # the second process does its share first, of what the leading one says is missing: all of it
            told.append([0, 1, 2])
            own = [2]
        kept = Kept(subject.kept.folder if subject.kept else Path())
        part = replace(subject, place=Place(rank=rank, world=2), kept=kept)
        read.clear()
        if rank:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(distributed, "barrier", _leave)
                with pytest.raises(Left):
                    table(part)
        else:
            told.clear()
            told.append([0, 1, 2])
            result = table(part)
        names += read
        assert read == own
    assert sorted(names) == STARTS
    assert same(result, table(bench.subject))


class Left(Exception):
    """The other process would wait here."""


def _leave() -> None:
    raise Left


def test_without_an_attack_it_is_refused() -> None:
    for kind in (Table1, Table2):
        with pytest.raises(InputError, match="at least one attack"):
            kind(attacks=())
