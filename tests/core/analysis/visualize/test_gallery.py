"""Reading stored pictures and drawing their sheets; how they come about is tested in test_visualize.py."""

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core import store
from core.analysis import drawn
from core.analysis.conduct import conduct
from core.analysis.visualize.experiment import FeaturePictures
from core.analysis.visualize.gallery import Gallery, stored_galleries
from core.analysis.visualize.originals import originals
from core.analysis.visualize.sheets import CHANNELS, SIDE, WIDE, preview, sheet, tiles, write_sheets
from core.attacks import PGD, ThreatModel
from core.distillation import Bottleneck
from core.errors import InputError
from core.visualization import Visualization

FAST = FeaturePictures(
    images=(1,),
    channels=(3,),
    classes=(1,),
    union_n=5,
    more_seeds=(7,),
    visualization=Visualization(steps=1, cut="conv5_3"),
    attack=PGD(threat=ThreatModel(epsilon=0.1), steps=2),
    bottleneck=Bottleneck(steps=20, beta=0.1, cut="conv5_3"),
)
GIVEN = {(1, "clean"): np.full((3, 32, 32), 0.25, np.float32)}


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder))
        patch.setattr(store, "RESULTS", folder / "shipped")
        yield folder


@pytest.fixture(scope="module")
def gallery(bench: Any, runs: Path) -> Gallery:
    gallery = Gallery(conduct(FAST, bench.subject).folder)
    write_sheets(gallery.folder, gallery, GIVEN)
    return gallery


def test_a_strip_reads_from_left_to_right_with_its_twins_below(gallery: Gallery) -> None:
    read = [(title, kind, [row["side"] for row in rows]) for title, kind, rows in gallery.strip(1)]
    assert [kind for _, kind, _ in read] == ["clean", "attacked"] * 3
    assert all(sides == ["all", "robust", "nonrobust"] for _, _, sides in read)
    network, mask = (next(rows) for rows in (gallery.strip(1), itertools.islice(gallery.strip(1), 2, None)))
    assert network[2][0]["picture"] == mask[2][0]["picture"], "all channels know no mask"
    assert (network[2][1]["mask"], mask[2][1]["mask"]) == ("distilled", "random")
    assert [len(rows) for _, _, rows in gallery.strip(1, seed=7)] == [3]
    assert list(gallery.strip(2)) == []
    assert (gallery.images, gallery.seeds) == ([1], [0, 7])


def test_pictures_and_captions(gallery: Gallery) -> None:
    rows = next(gallery.strip(1))[2]
    pixels = gallery.pixels(rows[0])
    assert pixels is not None
    assert pixels.shape == (3, 32, 32)
    assert 0 <= pixels.min() < pixels.max() <= 1
    caption = gallery.caption(rows[0])
    assert caption[0] == "all channels (32)"
    assert caption[1].startswith("features: ")
    assert caption[2].startswith("picture: ")
    assert caption[3].startswith("views: ")
    assert caption[4] == f"cosine {rows[0]['cosine']:.2f}, {rows[0]['view_cosine']:.2f} in views"
    nothing = {**rows[1], "picture": -1, "words": "nothing to draw"}
    assert gallery.pixels(nothing) is None
    assert gallery.caption(nothing)[-1] == "nothing to draw"
    assert gallery.caption({**nothing, "channels": 0})[1] == "features: nothing: no channel", "U13: nobody speaks"


def test_captions_of_channels(gallery: Gallery) -> None:
    assert gallery.channels is not None
    heads = [gallery.caption(row)[0] for row in gallery.channels.to_dict("records")]  # type: ignore[arg-type]
    assert heads[0] == "channel 3"
    assert heads[1].startswith("dog, robust (")
    assert heads[2].startswith("dog, as many as robust (")
    assert heads[3].startswith("dog, non-robust (")
    assert list(tiles(gallery, {})["channels"]) == list(CHANNELS)


def test_sheets_and_page_are_written(gallery: Gallery) -> None:
    names = {path.name for path in gallery.folder.iterdir()}
    assert {"strip-1.png", "strip-1-7.png", "channels.png", "figures.html", "strip.csv", "channels.csv"} <= names
    page = (gallery.folder / "figures.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page, "a class is named like one"
    assert "http:" not in page
    assert "https:" not in page
    shown = [pixels for rows in tiles(gallery, GIVEN).values() for row in rows.values() for pixels, _ in row]
    assert len(shown) == (18 + 3) + (3 + 1) + 8, "the clean image itself stands in every row of its pictures"
    assert page.count("<img") == sum(pixels is not None for pixels in shown)
    with Image.open(gallery.folder / "strip-1.png") as picture:
        assert picture.width == 12 + 4 * (SIDE + 12)
        assert picture.getpixel((20, 50)) == (64, 64, 64), "the image itself comes first"


def test_drawn_on_its_subject_every_image_stands_before_its_pictures(
    bench: Any, gallery: Gallery, tmp_path: Path
) -> None:
    shutil.copytree(gallery.folder, tmp_path / "copy")
    copy = Gallery(tmp_path / "copy")
    seen = originals(copy, bench.model, bench.data, 1)
    assert np.array_equal(seen["clean"], bench.data.images[1].numpy())
    assert 0 < np.abs(seen["attacked"] - seen["clean"]).max() <= 0.1 + 1e-6
    assert drawn.draw(copy, bench.subject) is None
    with Image.open(copy.folder / "strip-1.png") as picture:
        first = np.asarray(picture)[12 + 22 : 12 + 22 + SIDE : SIDE // 32, 12 : 12 + SIDE : SIDE // 32]
    assert np.abs(first / 255 - seen["clean"].transpose(1, 2, 0)).max() < 0.005


def test_shipped_results_hold_no_image_of_the_data(bench: Any, tmp_path: Path) -> None:
    """What goes to `out` is tables and optimized pictures: neither a sheet nor a page."""
    folder = conduct(FAST, bench.subject, out=tmp_path / "visualize").folder
    assert {path.suffix for path in folder.iterdir()} == {".parquet", ".json", ".safetensors"}
    assert set(tiles(Gallery(folder), {})) == {"strip-1", "strip-1-7", "channels"}


def test_a_tile_of_nothing_is_gray_and_says_why() -> None:
    picture = sheet({"row": [(None, ["No channel is robust here."]), (np.ones((3, 8, 8), np.float32), [])]})
    assert picture.getpixel((12 + 5, 12 + 22 + 5)) == (0xE9, 0xED, 0xF1)
    below = np.asarray(picture)[12 + 22 + SIDE :, : 12 + SIDE]
    assert below.min() < 100, "words stand below"


def test_a_job_shows_a_whole_picture_with_a_row_for_each_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert preview() is None, "no other process shows any"
    monkeypatch.setenv("FEATURE_SIEVE_JOB", str(tmp_path))
    show = preview()
    assert show is not None
    row = {"image": 1, "images": "clean", "network": "trained", "mask": "distilled", "seed": 0, "channels": 3}
    rows = [{**row, "side": "robust"}] * 9 + [{**row, "network": "random", "side": "all"}]
    show(torch.rand(10, 3, 32, 32), rows)
    with Image.open(tmp_path / "preview.png") as picture:
        assert picture.width == 12 + WIDE * (SIDE + 12)
        assert picture.height > 3 * SIDE
    assert [path.name for path in tmp_path.iterdir()] == ["preview.png"]
    single = {"network": "trained", "seed": 0, "channel": 3, "side": "", "label": -1, "mask": ""}
    show(torch.rand(2, 3, 32, 32), [single, {**single, "channel": -1, "side": "robust"}])
    with Image.open(tmp_path / "preview.png") as picture:
        assert picture.height < 3 * SIDE


def test_galleries_are_found_by_model_the_newest_first(bench: Any, gallery: Gallery, runs: Path) -> None:
    again = replace(FAST, seed=1)
    newer = conduct(again, bench.subject).folder
    os.utime(gallery.folder / "manifest.json", (1, 1))
    conduct(FAST, bench.subject, out=runs / "shipped" / "toy" / "visualize")
    found = stored_galleries(bench.card.name)
    assert [one.folder for one in found] == [runs / "shipped" / "toy" / "visualize", newer, gallery.folder]
    assert stored_galleries("another") == []


def test_a_damaged_gallery_says_how_to_repair_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--fresh"):
        _ = Gallery(tmp_path).pictures
