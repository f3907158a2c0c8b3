from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.analysis.explain import archive, inquiry
from core.analysis.explain.controls import Controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.inquiry import Inquiry
from core.analysis.kept import Kept
from core.errors import InputError
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench


@pytest.fixture
def asked(bench: Bench) -> Inquiry:
    return Inquiry(
        card=bench.card, model=bench.model, twin=bench.twin, x=bench.data.images[:1], true_label=0, attack=PGD_2,
        bottleneck=BOTTLENECK,
    )  # fmt: skip


def refuses(*_: object, **__: object) -> None:
    raise AssertionError("this was kept")


def silent(done: int, total: int) -> None:
    """Nobody looks."""


def test_it_says_what_explain_and_its_controls_say(
    asked: Inquiry, explanation: Explanation, checks: Controls, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    kept = Kept(tmp_path)
    x_adv = asked.attacked(kept, lambda *step: steps.append(step))
    assert torch.equal(x_adv, explanation.x_adv)
    assert steps == [(1, 2), (2, 2)]
    told, controls = asked.answered(x_adv, kept, lambda *step: steps.append(step))
    assert steps[2:] == [(k, BOTTLENECK.steps) for k in range(1, BOTTLENECK.steps + 1)]
    assert torch.equal(told.clean.split.robust, explanation.clean.split.robust)
    assert torch.allclose(controls.every_label.logits.robust, checks.every_label.logits.robust, atol=1e-3)
    assert torch.equal(controls.random_mask.clean.split.robust, checks.random_mask.clean.split.robust)
    assert (told.label, told.true_label) == (0, 0)


def test_what_was_computed_is_found_again(asked: Inquiry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path)
    first, checks = asked.answered(asked.attacked(kept, silent), kept, silent)
    monkeypatch.setattr(inquiry, "attacked", refuses)
    monkeypatch.setattr(archive, "learn", refuses)
    again, checks_again = asked.answered(asked.attacked(kept, silent), kept, silent)
    assert torch.equal(again.x_adv, first.x_adv)
    assert torch.equal(again.clean.split.noise_variance, first.clean.split.noise_variance)
    assert torch.equal(checks_again.every_label.logits.all, checks.every_label.logits.all)
    other_beta = replace(asked, bottleneck=replace(BOTTLENECK, beta=1.0))
    other_beta.attacked(kept, silent)
    with pytest.raises(AssertionError, match="kept"):
        other_beta.answered(first.x_adv, kept, silent)


@pytest.mark.parametrize(
    "other",
    [
        lambda a: replace(a, seed=1),
        lambda a: replace(a, attack=replace(PGD_2, steps=3)),
        lambda a: replace(a, x=a.x.flip(3)),
        lambda a: replace(a, true_label=1),
        lambda a: replace(a, index=4),
        lambda a: replace(a, card=replace(a.card, sha256="1" * 64)),
    ],
    ids=["seed", "attack", "pixels", "label", "position", "weights"],
)
def test_an_attacked_image_is_found_under_all_that_decides_it(
    asked: Inquiry, other: Callable[[Inquiry], Inquiry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.attacked(Kept(tmp_path), silent)
    monkeypatch.setattr(inquiry, "attacked", refuses)
    asked.attacked(Kept(tmp_path), silent)
    with pytest.raises(AssertionError, match="kept"):
        other(asked).attacked(Kept(tmp_path), silent)


def test_its_own_split_is_kept_as_well(asked: Inquiry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, kept = replace(asked, split_of="own"), Kept(tmp_path)
    told, _ = own.answered(own.attacked(kept, silent), kept, silent)
    monkeypatch.setattr(archive, "learn", refuses)
    again, _ = own.answered(own.attacked(kept, silent), kept, silent)
    assert torch.equal(again.adversarial.split.noise_variance, told.adversarial.split.noise_variance)
    alone = explain(asked.model, asked.x, 0, attack=PGD_2, bottleneck=BOTTLENECK, split_of="own")
    assert torch.equal(told.adversarial.split.robust, alone.adversarial.split.robust)


def test_an_unknown_cut_is_told_before_anything_begins(asked: Inquiry) -> None:
    with pytest.raises(InputError, match="Unknown cut"):
        replace(asked, bottleneck=replace(BOTTLENECK, cut="conv9"))
