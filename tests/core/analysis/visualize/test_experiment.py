from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core.analysis.pictures import unpacked
from core.analysis.results import Result
from core.analysis.split import random_mask
from core.analysis.visualize import experiment as visualize
from core.analysis.visualize.experiment import FeaturePictures
from core.analysis.visualize.gallery import sentences
from core.attacks import PGD, ThreatModel
from core.distillation import Bottleneck
from core.errors import InputError
from core.seeding import generator
from core.sides import READERS
from core.visualization import Visualization

FAST = FeaturePictures(
    images=(1, 2),
    visualization=Visualization(steps=2, cut="conv5_3"),
    attack=PGD(threat=ThreatModel(epsilon=0.1), steps=2),
    bottleneck=Bottleneck(steps=20, beta=0.1, cut="conv5_3"),
)
CHANNELS = replace(FAST, images=(), channels=(3, 17), classes=(0, 1), union_n=5)


def run(experiment: FeaturePictures, bench: Any, **options: Any) -> Result:
    return experiment(bench.subject, **options)


@pytest.fixture(scope="module")
def found(bench: Any) -> Result:
    return run(FAST, bench)


def test_every_side_clean_and_attacked_beside_its_twins(found: Result) -> None:
    strip = found.tables["strip"]
    panels = strip.groupby(["image", "network", "mask", "images"])["side"].agg(list)
    assert len(panels) == 2 * 3 * 2
    for (_, _, mask, _), sides in panels.items():
        assert sides == list(READERS if mask == "distilled" else READERS[1:])
    assert not strip.duplicated(["image", "network", "mask", "images", "side", "seed"]).any()


def test_a_random_mask_is_as_large_and_is_that_of_the_controls(found: Result, bench: Any) -> None:
    strip = found.tables["strip"].query("network == 'trained'")
    sizes = strip.pivot(index=["image", "images", "side"], columns="mask", values="channels").dropna()
    assert (sizes["distilled"] == sizes["random"]).all()
    assert sizes["distilled"].gt(0).all(), "a test of empty sets is below"
    x, y = bench.data.images[1:2], bench.data.labels[1:2]
    split = FAST.bottleneck(bench.model, x, y)
    mask = random_mask(split.robust, generator(0, "random mask"))
    said = bench.model.head(split.features * mask[:, :, None, None])[0].softmax(dim=0)
    row = strip.query("image == 1 and images == 'clean' and mask == 'random' and side == 'robust'").iloc[0]
    assert row["said"] == int(said.argmax())
    assert row["said_probability"] == pytest.approx(float(said.max()))


def test_the_tables_figures_are_those_of_the_pictures(found: Result, bench: Any) -> None:
    strip, pictures = found.tables["strip"], unpacked(found.arrays["pictures"])
    assert pictures.dtype == np.uint8
    assert pictures.shape[1:] == (3, 32, 32)
    assert sorted(strip["picture"]) == list(range(len(strip)))
    for row in strip.query("mask == 'distilled' and side == 'all' and images == 'clean'").itertuples():
        network = bench.model if row.network == "trained" else bench.twin
        z = network.features(bench.data.images[row.image : row.image + 1])
        a = network.features(torch.from_numpy(pictures[row.picture] / 255).float()[None])
        assert torch.cosine_similarity(a.flatten(1), z.flatten(1)).item() == pytest.approx(row.cosine, abs=0.02)
        assert network.head(a).softmax(dim=1)[0, row.called].item() == pytest.approx(row.called_probability, abs=0.02)
        assert network.head(z).argmax().item() == row.said


def test_the_attacked_image_is_split_anew_or_as_the_clean_one(found: Result, bench: Any) -> None:
    (x,) = replace(FAST, attack=None).pair(bench.model, bench.data.images[1:2], 1, 1)
    x, x_adv = FAST.pair(bench.model, x, 1, 1)
    y = torch.tensor([1])
    own = int(FAST.bottleneck(bench.model, x_adv, y).robust.sum())
    clean = int(FAST.bottleneck(bench.model, x, y).robust.sum())
    which = "image == 1 and network == 'trained' and mask == 'distilled' and images == 'attacked' and side == 'robust'"
    assert found.tables["strip"].query(which)["channels"].item() == own
    other = run(replace(FAST, images=(1,), split_of="clean", twins=False), bench)
    assert other.tables["strip"].query(which)["channels"].item() == clean


def test_the_same_seed_gives_the_same_pictures_and_other_starts_are_more_rows(bench: Any, found: Result) -> None:
    """REP-1; other starts leave out the twins."""
    alone = replace(FAST, images=(1,), more_seeds=(7,))
    first, again = run(alone, bench), run(alone, bench)
    assert np.array_equal(first.arrays["pictures"], again.arrays["pictures"])
    assert first.tables["strip"].equals(again.tables["strip"])
    by_seed = first.tables["strip"].groupby("seed")
    assert by_seed.size().to_dict() == {0: 16, 7: 3}
    rows = [group.query("side == 'all' and images == 'clean'").iloc[0] for _, group in by_seed]
    assert rows[0]["said"] == rows[1]["said"]
    pictures = unpacked(first.arrays["pictures"])
    assert not np.array_equal(*(pictures[row["picture"]] for row in rows))


def test_an_empty_side_is_said_in_words(bench: Any) -> None:
    """Beta 1e6 leaves no channel robust: noise grows to the feature variance and stays below the largest."""
    experiment = replace(FAST, images=(1,), attack=None, bottleneck=replace(FAST.bottleneck, beta=1e6, steps=200))
    found = run(experiment, bench)
    empty = found.tables["strip"].query("side == 'robust' and network == 'trained'")
    assert (empty["channels"] == 0).all()
    assert (empty["picture"] == -1).all()
    assert empty["cosine"].isna().all()
    assert empty["words"].str.contains("nothing to draw").all()
    rest = found.tables["strip"].query("picture >= 0")
    assert (rest["words"] == "").all()
    assert sorted(rest["picture"]) == list(range(len(rest)))
    assert (empty["view_called"] == -1).all()
    assert "robust alone (0): nothing to draw" in found.summary["sentences"][0]


def test_channels_and_unions(bench: Any) -> None:
    found = run(CHANNELS, bench)
    assert "strip" not in found.tables
    table = found.tables["channels"]
    trained = table.query("network == 'trained' and mask != 'random'")
    assert trained["channel"].tolist() == [3, 17, -1, -1, -1, -1]
    drawn = table.query("mask == 'random'")
    assert drawn["channels"].tolist() == trained["channels"].tolist()[2:]
    without = run(replace(CHANNELS, union_masks=False), bench).tables["channels"]
    assert len(without) == len(table) - len(drawn)
    assert (drawn["network"] == "trained").all()
    assert trained["channels"].tolist() == table.query("network == 'random'")["channels"].tolist()
    robust = CHANNELS.bottleneck(bench.model, bench.data.images, bench.data.labels).robust
    union = trained.query("label == 0 and side == 'robust'").iloc[0]
    assert union["channels"] == int((robust[bench.data.labels == 0].double().mean(dim=0) >= 0.5).sum())
    row = trained.iloc[1]
    picture = unpacked(found.arrays["pictures"])[row["picture"]]
    z = bench.model.features(torch.from_numpy(picture / 255).float()[None])
    assert z[0, 17].mean().item() == pytest.approx(row["activation"], abs=0.02)
    images = CHANNELS.visualization.activations(bench.model, bench.data.images[:5])
    assert row["highest"] == pytest.approx(images[:, 17].max().item(), abs=1e-5)


def test_strip_and_channels_share_one_array(bench: Any) -> None:
    found = run(replace(CHANNELS, images=(1,), attack=None, classes=()), bench)
    places = [*found.tables["strip"]["picture"], *found.tables["channels"]["picture"]]
    assert sorted(places) == list(range(12))
    assert len(found.tables["strip"]) == 8
    assert len(found.tables["channels"]) == 4


def test_progress_counts_every_batch_and_can_be_stopped(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, seen = [], []
    experiment = replace(FAST, images=(1,), attack=None)
    show = lambda images, rows: seen.append((len(images), len(rows), rows[0]["network"]))  # noqa: E731
    monkeypatch.setattr(visualize, "preview", lambda: show)
    run(experiment, bench, on_step=lambda done, total: steps.append((done, total)))
    assert steps == [(i, 4) for i in range(1, 5)]
    assert seen == [(5, 5, "trained"), (3, 3, "random")]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(experiment, bench, on_step=stop)


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": ()},
        {"images": (-1,)},
        {"classes": (0,), "union_n": 0},
        {"union_share": 0.0},
        {"visualization": Visualization(cut="conv4_3")},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(FAST, **wrong)


def test_channels_and_classes_that_are_not_there_are_refused(bench: Any) -> None:
    with pytest.raises(InputError, match="0 to 31"):
        run(replace(CHANNELS, channels=(32,)), bench)
    with pytest.raises(InputError, match="union_n"):
        run(replace(CHANNELS, classes=(2,), union_n=2), bench)


def test_images_read() -> None:
    assert (FAST.n, CHANNELS.n, replace(FAST, images=(), channels=(1,)).n) == (3, 5, 200)


def test_sentences_name_the_network_first_and_then_its_twins(found: Result, bench: Any) -> None:
    said = sentences(found.tables["strip"].to_dict("records"), bench.data.class_names)
    assert said == found.summary["sentences"]
    assert [line.split(".")[0] for line in said] == [
        "Image 1, dog, clean", "Image 1, dog, attacked", f"Image 2, {bench.data.class_names[2]}, clean",
        f"Image 2, {bench.data.class_names[2]}, attacked",
    ]  # fmt: skip
    assert said[0].index("This network") < said[0].index("drawn at random") < said[0].index("random weights")
