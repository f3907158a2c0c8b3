import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.device import Place
from core.errors import InputError
from core.models import Staged
from core.training import Adversarial, Augmentation, Checkpoint, Recipe, Standard, fit
from core.training.metrics import Row

ADVERSARIAL = Adversarial(attack=PGD(threat=ThreatModel(epsilon=0.05), steps=1, step_size=0.06))


class Stopped(Exception):
    pass


def stop_after(steps: int) -> Callable[[int, int], None]:
    def on_step(done: int, total: int) -> None:
        if done == steps:
            raise Stopped

    return on_step


def equal(a: Staged, b: Staged) -> bool:
    return all(torch.equal(t, b.state_dict()[name]) for name, t in a.state_dict().items())


def test_five_steps_lower_the_loss(model: Staged, data: Dataset, recipe: Recipe) -> None:
    rows: list[Row] = []
    fit(model, Standard(), data, recipe, seed=0, on_metrics=rows.append)
    assert rows[5]["loss"] < 0.9 * rows[0]["loss"]
    assert rows[-1]["accuracy"] > rows[0]["accuracy"]


def test_equal_seeds_give_equal_weights_and_other_seeds_others(
    fresh_model: Callable[..., Staged], data: Dataset, recipe: Recipe
) -> None:
    trained = []
    for seed in (0, 0, 1):
        torch.rand(1)  # the global state must not matter
        trained.append(fresh_model())
        fit(trained[-1], ADVERSARIAL, data, recipe, seed=seed, augmentation=Augmentation())
    assert equal(trained[0], trained[1])
    assert not equal(trained[0], trained[2])


@pytest.mark.parametrize("network", ["vgg16", "wrn28_10"])
@pytest.mark.parametrize("stop", [2, 5])
def test_a_resumed_training_ends_with_the_weights_of_an_uninterrupted_one(
    network: str, stop: int, fresh_model: Callable[..., Staged], data: Dataset, recipe: Recipe, tmp_path: Path
) -> None:
    """CKP-2: stopped at the end of an epoch and inside one; WRN has dropout."""
    recipe = dataclasses.replace(recipe, epochs=3, batch_size=16)
    few = dataclasses.replace(data, images=data.images[:32], labels=data.labels[:32])
    checkpoint = Checkpoint(tmp_path / "checkpoint.safetensors", "abc")

    def train(model: Staged, **options: object) -> Staged:
        fit(model, ADVERSARIAL, few, recipe, seed=0, augmentation=Augmentation(), **options)  # type: ignore[arg-type]
        return model

    whole = train(fresh_model(network))
    with pytest.raises(Stopped):
        train(fresh_model(network), checkpoint=checkpoint, on_step=stop_after(stop))
    assert equal(train(fresh_model(network), checkpoint=checkpoint, resume=True), whole)
    steps: list[int] = []
    finished = train(fresh_model(network), checkpoint=checkpoint, resume=True, on_step=lambda k, n: steps.append(k))
    assert equal(finished, whole)
    assert steps == []


def test_without_resume_an_old_checkpoint_is_not_read(
    fresh_model: Callable[..., Staged], data: Dataset, recipe: Recipe, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint.safetensors").write_bytes(b"old")
    checkpoint = Checkpoint(tmp_path / "checkpoint.safetensors", "abc")
    done: list[int] = []
    fit(fresh_model(), Standard(), data, recipe, seed=0, checkpoint=checkpoint, on_step=lambda k, n: done.append(k))
    assert done == list(range(1, 9))


def test_rows_follow_schedule_and_ramp(model: Staged, data: Dataset, recipe: Recipe) -> None:
    rows: list[Row] = []
    recipe = dataclasses.replace(recipe, warmup_epochs=1, ramp_epochs=2)
    fit(model, ADVERSARIAL, data, recipe, seed=0, on_metrics=rows.append)
    assert [row["step"] for row in rows] == list(range(1, 9))
    assert [row["strength"] for row in rows] == [0, 0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert [row["learning_rate"] for row in rows] == [recipe.rate(step / 2) for step in range(8)]


def test_the_warm_up_shows_its_own_images_first(model: Staged, data: Dataset, recipe: Recipe) -> None:
    seen: list[bool] = []

    class Watching(Standard):
        def __call__(self, model, x, y, *, generator):  # type: ignore[no-untyped-def]
            seen.append(bool((x == 0.5).all()))
            return super().__call__(model, x, y, generator=generator)

    gray = dataclasses.replace(data, images=torch.full_like(data.images, 0.5))
    recipe = dataclasses.replace(recipe, warmup_epochs=1)
    fit(model, Watching(), data, recipe, seed=0, warmup=gray)
    assert seen == [True] * 2 + [False] * 6


def test_warm_up_data_of_another_size_are_refused(model: Staged, data: Dataset, recipe: Recipe) -> None:
    few = dataclasses.replace(data, images=data.images[:32], labels=data.labels[:32])
    with pytest.raises(InputError, match="as many images as the data, 64, got 32"):
        fit(model, Standard(), data, recipe, seed=0, warmup=few)


class Spoiled(Standard):
    """Cross-entropy whose last step of the second epoch has a loss or a gradient that is not finite."""

    def __init__(self, spoil: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        object.__setattr__(self, "spoil", spoil)
        object.__setattr__(self, "steps", iter(range(100)))

    def __call__(self, model, x, y, *, generator):  # type: ignore[no-untyped-def]
        loss = super().__call__(model, x, y, generator=generator)
        return dataclasses.replace(loss, total=self.spoil(loss.total)) if next(self.steps) == 3 else loss  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("loss is", lambda total: total * float("nan")),
        ("loss is", lambda total: total * float("inf")),
        ("weights are", lambda total: total + 0 * (total - total.detach()).sqrt()),  # the gradient alone is NaN
        ("weights are", lambda total: total + 1e38 * (1e38 * (total - total.detach()))),  # or infinite
    ],
)
def test_a_step_that_is_not_finite_ends_the_training_and_is_never_saved(
    what: str,
    spoil: Callable[[torch.Tensor], torch.Tensor],
    model: Staged,
    data: Dataset,
    recipe: Recipe,
    tmp_path: Path,
) -> None:
    checkpoint, rows = Checkpoint(tmp_path / "checkpoint.safetensors", "abc"), list[Row]()
    with pytest.raises(InputError, match=f"In step 4 the {what} no longer finite; .* a smaller --learning-rate.$"):
        fit(model, Spoiled(spoil), data, recipe, seed=0, checkpoint=checkpoint, on_metrics=rows.append)
    assert checkpoint.steps_done() == 2
    assert all(t.isfinite().all() for t in load_file(checkpoint.path).values())
    assert len(rows) == 3


def test_bf16_learns_as_float32_does_and_keeps_float32_weights(
    fresh_model: Callable[..., Staged], data: Dataset, recipe: Recipe
) -> None:
    losses = {}
    for precision in ("fp32", "bf16"):
        rows: list[Row] = []
        model = fresh_model()
        fit(model, ADVERSARIAL, data, recipe, seed=0, place=Place(precision=precision), on_metrics=rows.append)  # type: ignore[arg-type]
        losses[precision] = [row["loss"] for row in rows]
        assert all(p.dtype == torch.float32 for p in model.parameters())
    assert losses["bf16"] != losses["fp32"]
    assert losses["bf16"][:3] == pytest.approx(losses["fp32"][:3], rel=0.03)
    assert losses["bf16"][-1] < losses["bf16"][0]


def test_it_leaves_eval_mode_and_the_global_random_state(model: Staged, data: Dataset, recipe: Recipe) -> None:
    before = torch.get_rng_state()
    fit(model, Standard(), data, dataclasses.replace(recipe, epochs=1), seed=0)
    assert not any(module.training for module in model.modules())
    assert torch.equal(torch.get_rng_state(), before)
