from dataclasses import replace

import pytest
import torch

from core.analysis.explain.explanation import Explanation, explain, two_sides
from core.analysis.explain.one_pass import SEEDS, Case, Pair, SplitOf, learn
from core.distillation import Bottleneck
from core.distillation import bottleneck as module
from core.types import Classifier
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench


def case_of(explanation: Explanation, model: Classifier, split_of: SplitOf = "own") -> Case:
    pair = Pair.of(model, explanation.x, explanation.x_adv, BOTTLENECK.cut)
    return Case(pair=pair, bottleneck=BOTTLENECK, label=0, seed=1, split_of=split_of)


def test_one_pass_over_two_networks_holds_all_that_separate_calls_give(
    bench: Bench, explanation: Explanation, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops: list[int] = []
    plain = module.descend
    monkeypatch.setattr(
        module, "descend", lambda tail, variance, *rest: loops.append(1) or plain(tail, variance, *rest)
    )
    case, twin = case_of(explanation, bench.model), case_of(explanation, bench.twin)
    learned, of_twin = learn(BOTTLENECK, [(case.pair, case.every), (twin.pair, twin.sides)])
    assert loops == [1]

    x, given = explanation.x, torch.tensor([0])
    for one, network, told in ((case, bench.model, learned), (twin, bench.twin, of_twin)):
        sides = two_sides(network, x, explanation.x_adv, 0, bottleneck=BOTTLENECK, split_of="own", seed=1)
        for mine, alone in zip(one.read(told), sides, strict=True):
            torch.testing.assert_close(mine.split.noise_variance, alone.split.noise_variance, rtol=1e-3, atol=1e-9)
            assert torch.equal(mine.split.tolerance, alone.split.tolerance)
            torch.testing.assert_close(mine.logits.all, alone.logits.all)
    for label in range(3):
        alone = BOTTLENECK(bench.model, x, torch.tensor([label]), seed=1).noise_variance
        together = case.split(learned, case.labels).noise_variance[[label]]
        torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-9)
    for seed, together in zip(SEEDS, case.split(learned, case.seeds).noise_variance, strict=True):
        alone = BOTTLENECK(bench.model, x, given, seed=seed).noise_variance[0]
        torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-9)


def test_the_other_reading_of_the_kl_is_in_the_pass(bench: Bench, explanation: Explanation) -> None:
    case = case_of(explanation, bench.model, "clean")
    summed = replace(case, bottleneck=replace(BOTTLENECK, kl_reduction="sum"))
    assert summed.row in case.every
    assert case.row in summed.every
    (learned,) = learn(BOTTLENECK, [(case.pair, case.every)])
    alone = replace(BOTTLENECK, kl_reduction="sum")(bench.model, explanation.x, torch.tensor([0]), seed=1)
    together = summed.split(learned, [summed.row])
    torch.testing.assert_close(together.noise_variance, alone.noise_variance, rtol=1e-3, atol=1e-9)


def test_what_is_read_from_the_pass_is_what_explain_says(bench: Bench, explanation: Explanation) -> None:
    case = replace(case_of(explanation, bench.model, "clean"), seed=0)
    (learned,) = learn(BOTTLENECK, [(case.pair, case.sides)])
    clean, adversarial = case.read(learned)
    assert torch.equal(clean.split.robust, explanation.clean.split.robust)
    assert torch.equal(adversarial.logits.robust, explanation.adversarial.logits.robust)
    assert adversarial.split.robust is not None
    every = case.read_labels(learn(BOTTLENECK, [(case.pair, case.labels)])[0])
    for label in range(3):
        alone = explain(bench.model, explanation.x, 0, attack=None, bottleneck=BOTTLENECK, label=label).clean
        assert torch.allclose(every.logits.all[label], alone.logits.all[0], atol=1e-5)
        torch.testing.assert_close(
            every.split.noise_variance[label], alone.split.noise_variance[0], rtol=1e-3, atol=1e-9
        )


def test_without_an_attack_there_is_one_side(bench: Bench) -> None:
    x = bench.data.images[:1]
    pair = Pair.of(bench.model, x, x, None)
    case = Case(pair=pair, bottleneck=Bottleneck(), label=1, split_of="own")
    assert case.sides == [case.row]
    assert PGD_2.steps == 2
