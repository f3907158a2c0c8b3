"""The Visualize page, opened from links on a small stored gallery, without a browser."""

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import store
from core.analysis.visualize import findings
from core.analysis.visualize.gallery import Gallery
from core.job import PREVIEW
from core.look import percent
from dashboard.answers import uploads
from tests.dashboard.conftest import BROKEN_LINKS, started

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
ALL = {"open": "rival,starts,single,shared,drawn"}


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with pictures of two digits, the second without a robust channel, and of one by the other network."""
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.analysis.visualize.experiment import FeaturePictures
    from core.attacks import FGSM
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model
    from core.visualization import Visualization

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    first = FeaturePictures(
        images=(0, 3), channels=(5, 2), classes=(1, 4), union_n=20, more_seeds=(7,), union_masks=False,
        visualization=Visualization(steps=1, cut="conv5_3"), attack=FGSM(), rule="The first that came.",
        bottleneck=Bottleneck(steps=20, beta=0.3, cut="conv5_3"),
    )  # fmt: skip
    none = replace(first, images=(3,), channels=(), classes=(), attack=None, more_seeds=(), twins=False)
    other = replace(none, bottleneck=Bottleneck(steps=20, beta=2.0, cut="conv5_3"))
    for name, experiment, defense in (("a", first, "adv"), ("b", other, "adv"), ("c", none, "standard")):
        path = world / "models" / f"digits-vgg16-{defense}.json"
        conduct(experiment, Subject(load_card(path), load_model(path), data), out=runs / "visualize" / name)
    without_robust(runs / "visualize" / "b" / "strip.parquet")
    return runs


def without_robust(path: Path) -> None:
    """What a strip's table says of an image without a robust channel."""
    table = pd.read_parquet(path)
    robust = table["side"] == "robust"
    table.loc[robust, ["channels", "picture", "called", "view_called"]] = [0, -1, -1, -1]
    table.loc[robust, "words"] = "No channel is robust here, so there is nothing to draw."
    table.to_parquet(path, index=False)


def rows(app: AppTest, key: str) -> list[dict[str, Any]]:
    """What a gallery draws."""
    found = [part.proto.json for part in app.get("bidi_component") if part.proto.id.endswith(f"-{key}")]
    return json.loads(found[0])["rows"]


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | {"image": "3", "attack": "none", "compare": "none", "run": "b"},
        DIGITS | {"label": "4", "beta": "7"},
        DIGITS | {"mode": "present"},
        DIGITS | {"hide": "controls,footer"},
        {"data": "cifar10", "model": "cifar10-vgg16-adv"},
        {"data": "shapes", "image": "1999"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("visualize", **link)
    assert not app.error
    assert not app.warning


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    assert says in stored("visualize", **link).warning[0].value.replace("\\", "")


def words(app: AppTest) -> str:
    """All Markdown, with the words of the glossary as they read."""
    text = "\n".join(part.value for part in [*app.markdown, *app.caption]).replace("\\", "")
    return re.sub(r"\[([^\]]*)\]\(#term-\w+\)", r"\1", text)


def test_the_first_screen_is_a_table_of_six_with_one_caption_each(stored: Opened, runs: Path) -> None:
    found = Gallery(runs / "visualize" / "a")
    app = stored("visualize", **DIGITS)
    for row, kind in zip(rows(app, "strip_pictures"), ("clean", "attacked"), strict=True):
        itself, *groups = row["groups"]
        assert itself["title"] == f"{kind} image"
        assert itself["tiles"][0]["source"]
        assert [group["mark"] for group in groups] == ["", "robust", "nonrobust"]
        assert all(len(group["tiles"]) == 1 for group in groups), "twins come when asked for"
        table = findings.first(found, 0).query("images == @kind and network == 'trained' and mask == 'distilled'")
        for group, (_, of) in zip(groups, table.set_index("side").iterrows(), strict=True):
            assert str(of["channels"]) in group["title"]
            called = f"called {found.class_names[of['view_called']]} {percent(of['view_called_probability'])}"
            assert group["tiles"][0]["lines"] == [called]
            assert called in group["tiles"][0]["alt"]
    assert findings.doubt(found).partition(":")[0] in words(app)
    assert "not photographs" in words(app)
    assert "split anew" in words(app), "the attacked image has robust channels of its own"


def test_a_switch_puts_twins_beside_each(stored: Opened) -> None:
    app = stored("visualize", **DIGITS)
    app.toggle(key="choose_twins").set_value(True).run()
    assert app.query_params["twins"] in ("1", ["1"])
    clean, attacked = rows(app, "strip_pictures")
    assert [len(group["tiles"]) for group in clean["groups"]] == [1, 2, 3, 3]
    lines = [tile["lines"][0] for tile in attacked["groups"][2]["tiles"]]
    assert [line.partition(":")[0] for line in lines[1:]] == ["random channels", "random weights"]


def test_every_number_is_in_the_table(stored: Opened, runs: Path) -> None:
    app, table = stored("visualize", **DIGITS, open="drawn"), Gallery(runs / "visualize" / "a").strips
    shown = next(frame.value for frame in app.dataframe if "view_cosine" in frame.value)
    assert set(shown["view_cosine"]) == set(table.loc[table["image"] == 0, "view_cosine"])
    for tally in findings.tallies(Gallery(runs / "visualize" / "a")):
        assert f"| {tally.name} | {tally.called} of {tally.of} |" in words(app)


def test_pictures_are_sent_as_they_are_and_enlarged_by_whole_factors(stored: Opened) -> None:
    shown = rows(stored("visualize", **DIGITS, twins="1"), "strip_pictures")
    tiles = [t for row in shown for group in row["groups"] for t in group["tiles"]]
    for tile in tiles:
        with Image.open(BytesIO(b64decode(tile["source"].partition(",")[2]))) as picture:
            assert picture.size == (32, 32)
        assert tile["side"] in (128, 64)


def test_an_empty_robust_set_is_said_and_not_drawn(stored: Opened) -> None:
    app = stored("visualize", **DIGITS, image="3", run="b", attack="none", beta="2")
    (clean,) = rows(app, "strip_pictures")
    (tile,) = clean["groups"][2]["tiles"]
    assert (tile["source"], tile["lines"]) == ("", [])
    assert "nothing to draw" in tile["nothing"]
    assert "no channel is :blue[● robust]" in words(app)


def test_seeds_and_the_network_beside_it(stored: Opened) -> None:
    app = stored("visualize", **DIGITS, image="3", run="a", **ALL)
    (seeds,) = rows(app, "seed_pictures")
    assert [[tile["lines"][0] for tile in group["tiles"]] for group in seeds["groups"]] == [["seed 0", "seed 7"]] * 3
    (beside,) = rows(app, "rival_pictures")
    assert beside["title"] == "clean"
    assert len(beside["groups"]) == 3
    assert "VGG-16, standard training" in words(app)
    alone = stored("visualize", **DIGITS, image="3", run="a", compare="none", **ALL)
    assert not [part for part in alone.get("bidi_component") if part.proto.id.endswith("rival_pictures")]


def test_channels_lead_to_their_cards_and_classes_have_both_sides(stored: Opened) -> None:
    app = stored("visualize", **DIGITS, **ALL)
    (channels,) = rows(app, "channel_pictures")
    assert {group["title"] for group in channels["groups"]} == {"channel 5", "channel 2"}
    link = next(group["link"] for group in channels["groups"] if group["title"] == "channel 5")
    assert link.startswith("explain?")
    assert "channel=5" in link
    assert all(len(group["tiles"]) == 2 for group in channels["groups"])
    classes = rows(app, "class_pictures")
    assert [[group["title"] for group in row["groups"]] for row in classes] == [["1", "4"]] * 2


def test_pictures_drawn_as_the_settings_say_come_first(stored: Opened) -> None:
    menu = stored("visualize", **DIGITS, image="3", attack="none", beta="2").selectbox(key="choose_run")
    assert menu.value == "b"
    other = stored("visualize", **DIGITS, image="3", beta="7")
    assert any("other settings" in info.value for info in other.info)


def test_what_shipped_can_be_chosen_where_a_run_fits(
    stored: Opened, in_world: Path, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(runs / "visualize" / "a", tmp_path / "digits-vgg16-adv" / "visualize")
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    app = stored("visualize", **DIGITS, image="3", attack="none", beta="2")
    assert app.selectbox(key="choose_run").value == "b"
    app.selectbox(key="choose_run").set_value("shipped").run()
    assert app.selectbox(key="choose_run").value == "shipped"
    assert app.query_params["run"] == "shipped"
    assert not app.error


def test_where_nothing_is_drawn_a_stored_image_is_shown_and_said(stored: Opened) -> None:
    app = stored("visualize", **DIGITS, image="9")
    says = re.search(r"Of test image 9 nothing is drawn yet: image (\d+) is shown. Draw it below", words(app))
    assert says is not None
    other = stored("visualize", **DIGITS, image=says[1])
    for row, same in zip(rows(app, "strip_pictures"), rows(other, "strip_pictures"), strict=True):
        assert row == same
    assert app.query_params["image"] in ("9", ["9"]), "the link asks for what it asked for"
    assert f"test image {says[1]} of" in words(app), "the provenance names what is shown"


def test_one_steps_through_the_images_that_pictures_are_stored_of(stored: Opened) -> None:
    app = stored("visualize", **DIGITS, image="9")
    seen = []
    for key in ("next", "next", "previous"):
        app.button(key=key).click().run()
        assert "nothing is drawn yet" not in words(app)
        seen.append("".join(app.query_params.get("image", "0")))
    assert set(seen[:2]) == {"0", "3"}
    assert seen[2] == seen[0]


def test_a_presentation_shows_a_stored_image_without_a_command(stored: Opened, opened: Opened) -> None:
    app = stored("visualize", **DIGITS, image="9", mode="present")
    assert "Of test image 9 nothing is drawn yet" in words(app)
    assert rows(app, "strip_pictures")
    assert not [info for info in app.info if "stored here yet" in info.value]
    nothing = opened("visualize", **DIGITS, mode="present")
    assert not nothing.code
    assert nothing.title


def test_an_image_without_pictures_can_be_rendered_and_stopped(stored: Opened, half_done: None) -> None:
    app = stored("visualize", **DIGITS, image="9")
    assert "Of test image 9 nothing is drawn yet" in words(app)
    app.number_input(key="visualize_more_seeds").set_value(2).run()
    app.button(key="work_visualize").click().run()
    job = started("visualize", "digits-vgg16-adv")
    assert job.command == ("visualize", "digits-vgg16-adv", "--images", "9", "--more-seeds", "1")
    Image.new("RGB", (4, 4)).save(job.folder / PREVIEW, "PNG")
    app.run()
    assert "200 of 500" in app.get("progress")[0].proto.text
    assert len(app.get("image")) == 1, "the pictures as they are now"
    app.button(key="stop_visualize").click().run()
    assert app.button(key="work_visualize").label == "Draw image 9"


@pytest.fixture
def own(in_world: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> uploads.Upload:
    """A person's own picture, kept as the page keeps it, with nothing drawn of it yet."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    file = BytesIO()
    Image.new("RGB", (32, 32), (30, 60, 200)).save(file, "PNG")
    upload = uploads.Upload.of("mine.png", file.getvalue())
    uploads.keep(upload)
    return upload


def test_an_own_image_is_drawn_by_the_same_command(opened: Opened, own: uploads.Upload) -> None:
    app = opened("visualize", **DIGITS, own=own.key, given=own.key, truth="3")
    assert "No picture of your own image" in app.info[0].value
    assert app.button(key="work_visualize").label == "Draw your image"
    (command,) = [code.value for code in app.code if "visualize" in code.value]
    assert f"--images --own {own.digest} --own-class 3" in command


def test_pictures_of_an_own_image_stand_beside_it(opened: Opened, own: uploads.Upload, in_world: Path) -> None:
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.analysis.visualize.experiment import FeaturePictures
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model
    from core.visualization import Visualization

    path = in_world / "models" / "digits-vgg16-adv.json"
    experiment = FeaturePictures(
        images=(), own=own.digest, attack=None, twins=False, visualization=Visualization(steps=1, cut="conv5_3"),
        bottleneck=Bottleneck(steps=20, cut="conv5_3"),
    )  # fmt: skip
    conduct(experiment, Subject(load_card(path), load_model(path), load_dataset("digits", "test")))
    app = opened("visualize", **DIGITS, own=own.key, given=own.key, attack="none")
    ((clean),) = rows(app, "strip_pictures")
    assert clean["groups"][0]["tiles"][0]["alt"].startswith("Your own image, clean: called ")
    assert clean["groups"][0]["tiles"][0]["source"]
    assert "your own image" in words(app), "the provenance says so too"
    other = opened("visualize", **DIGITS, own=own.key, given=own.key, truth="3", attack="none")
    assert "No picture of your own image" in other.info[0].value, "with another class it is another question"


def test_without_the_data_stored_pictures_are_still_there(stored: Opened, runs: Path, in_world: Path) -> None:
    """The images of CIFAR-10 are not on this machine; its pictures would be."""
    app = stored("visualize", data="cifar10", model="cifar10-vgg16-adv")
    assert "No picture of test image 0" in app.info[0].value
    assert "python -m core data fetch cifar10" in [code.value for code in app.code]


def test_a_name_of_another_pages_result_does_not_count(stored: Opened, runs: Path) -> None:
    (runs / "bottleneck" / "of-a-sweep").mkdir(parents=True, exist_ok=True)
    manifest = {"model": {"name": "another", "sha256": ""}}
    (runs / "bottleneck" / "of-a-sweep" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert not stored("visualize", **DIGITS, run="of-a-sweep").error
