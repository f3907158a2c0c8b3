from core.analysis.explain.cost import BY_HAND, Speed, attack_seconds, speed, step_seconds
from core.attacks import PGD, Square
from core.distillation import Bottleneck
from tests.core.analysis.conftest import Bench

MEASURED = Speed(forward=1.0, gradient=3.0)


def test_an_attack_takes_its_passes_times_what_one_takes() -> None:
    assert attack_seconds(None, 10, MEASURED) == 0
    assert attack_seconds(PGD(steps=10), 10, MEASURED) == 30
    assert attack_seconds(Square(queries=50), 10, MEASURED) == 50


def test_only_a_tail_that_is_traced_is_measured(bench: Bench) -> None:
    x = bench.data.images[:1]
    assert min(speed(bench.model, x)) > 0
    eight = Bottleneck(noise_draws=8)
    assert step_seconds(bench.model, bench.model.features(x), eight, 17) == 8 * BY_HAND
    early = Bottleneck(cut="conv5_2")
    assert step_seconds(bench.model, bench.model.features(x, "conv5_2").detach(), early, 17) > 0
