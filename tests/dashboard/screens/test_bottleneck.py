"""The Bottleneck page, opened from links on a small stored sweep, without a browser."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.bottleneck.figures.curves import Curves
from core.analysis.bottleneck.findings import doubt_sentence
from core.analysis.results import StoredResult, stored_result
from core.sides import NAMED
from dashboard.screens.bottleneck.curves import answer_of
from tests.dashboard.conftest import BROKEN_LINKS, read, started

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
BETAS = (0.0, 0.1, 1.0, 30.0)


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with a sweep of eight digits over four betas by each of the two digits networks."""
    from core.analysis.bottleneck.experiment import BetaSweep
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.attacks import FGSM
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    sweep = BetaSweep(n=8, betas=BETAS, attack=FGSM(), bottleneck=Bottleneck(steps=10, cut="conv5_3"))
    for name in ("digits-vgg16-adv", "digits-vgg16-standard"):
        path = world / "models" / f"{name}.json"
        conduct(sweep, Subject(load_card(path), load_model(path), data), out=runs / "bottleneck" / name)
    return runs


def sliders(app: AppTest) -> dict[str, dict]:
    """What the browser gets of every slider on the page, by its name."""
    drawn = (json.loads(part.proto.json or "null") for part in app.get("bidi_component"))
    return {data["file"]: data for data in drawn if isinstance(data, dict) and "positions" in data}


def told(app: AppTest) -> str:
    """Everything that the page says in Markdown, its links opened and its spaces plain."""
    words = " ".join(part.value for part in app.markdown).replace("\u00a0", " ")
    return re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", words)


EVERYTHING = "image,counts,other,positions"


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | {"image": "499", "attack": "none", "compare": "none"},
        DIGITS | {"label": "4", "beta": "7", "tolerance": "batch", "kl": "sum", "open": "image"},
        DIGITS | {"mode": "present"},
        DIGITS | {"mode": "present", "slide": "1"},
        DIGITS | {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("bottleneck", **link)
    assert sliders(app)
    assert all(panel["says"] for data in sliders(app).values() for panel in data["panels"])
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    app = stored("bottleneck", **link)
    assert says in app.warning[0].value.replace("\\", "")
    assert "bottleneck" in sliders(app)


def test_the_first_screen_answers_and_doubts_and_every_part_waits(stored: Opened) -> None:
    app, result = stored("bottleneck", **DIGITS), stored_result("bottleneck", "digits-vgg16-adv")
    main = Curves.of(result)
    assert answer_of(main) in told(app)
    notes = " ".join(read(part.value) for part in app.caption)
    assert "β: how hard each channel is pressed to take noise" in notes
    assert doubt_sentence(main.curves, 0.1).replace("\u00a0", " ") in told(app)
    assert list(sliders(app)) == ["bottleneck"], "nothing of a closed part is computed"
    assert not app.get("plotly_chart")
    assert set(sliders(stored("bottleneck", **DIGITS, open=EVERYTHING))) == {
        "bottleneck", "bottleneck_image", "channel_counts", "bottleneck_other",
    }  # fmt: skip


def test_the_numbers_are_those_of_the_stored_tables(stored: Opened, runs: Path) -> None:
    app, result = (
        stored("bottleneck", **DIGITS, open="counts,positions"),
        stored_result("bottleneck", "digits-vgg16-adv"),
    )
    curves = result.table("curves").sort_values("beta")
    for panel, images in zip(sliders(app)["bottleneck"]["panels"], ("clean", "attacked"), strict=True):
        drawn = {line["name"]: line for line in panel["lines"]}
        for side, name in NAMED.items():
            of = curves[(curves["side"] == side) & (curves["images"] == images)]
            assert drawn[name]["values"] == of["value"].tolist()
            assert drawn[name]["low"] == of["low"].tolist()
        robust = curves[(curves["side"] == "robust") & (curves["images"] == images)]
        assert drawn["wrong label"]["values"] == robust["wrong_label_value"].tolist()
        assert drawn["random mask"]["values"] == robust["random_mask_value"].tolist()
    counts = sliders(app)["channel_counts"]["panels"]
    assert counts[0]["lines"][1]["values"] == result.table("counts")["robust_mean"].tolist()
    assert counts[1]["lines"][0]["values"] == result.table("counts")["empty"].tolist()
    tables = [frame.value for frame in app.dataframe]
    assert any("value" in table and np.array_equal(table["value"], result.table("curves")["value"]) for table in tables)
    (rows,) = (table for table in tables if "β" in table)
    assert list(rows) == ["β", "0", "0.1", "1", "30"]
    assert {"wrong label repeated", "random mask", "random network"} <= set(rows["β"])


def test_the_other_network_has_a_part_of_its_own(stored: Opened, runs: Path) -> None:
    other = StoredResult(runs / "bottleneck" / "digits-vgg16-standard").table("curves").sort_values("beta")
    wanted = other.loc[(other["side"] == "robust") & (other["images"] == "clean"), "value"].tolist()
    (line,) = (
        line
        for line in sliders(stored("bottleneck", **DIGITS, open="other"))["bottleneck_other"]["panels"][0]["lines"]
        if line["name"] == NAMED["robust"]
    )
    assert line["values"] == wanted
    assert "bottleneck_other" not in sliders(stored("bottleneck", **DIGITS, compare="none", open="other"))


def test_the_sliders_stand_at_the_beta_of_the_settings_and_move_together(stored: Opened) -> None:
    found = sliders(stored("bottleneck", **DIGITS, beta="1", open=EVERYTHING))
    for data in found.values():
        assert (data["positions"], data["start"], data["group"]) == (["0", "0.1", "1", "30"], 2, "beta")
        assert len(data["sentences"]) == len(BETAS)
        for panel in data["panels"]:
            for line in panel.get("lines", ()):
                assert len(line["values"]) == len(BETAS)


def test_bars_point_up_for_exactly_the_robust_channels_and_nobody_speaks_for_none(stored: Opened) -> None:
    data = sliders(stored("bottleneck", **DIGITS, open="image"))["bottleneck_image"]
    bars, said = data["panels"]
    for i, sentence in enumerate(data["sentences"]):
        robust = sum(value > 0 for value in bars["values"][i])
        assert sentence.startswith(f"{robust} robust channel" if robust else "No channel is robust")
        rows = {row["name"]: row["words"][i] for row in said["rows"]}
        silent = [name for name in ("clean, ● robust", "attacked, ● robust") if rows[name] == "nothing: no channel"]
        assert len(silent) == (0 if robust else 2), "U13: nobody speaks for a side without channels"


def test_without_a_stored_sweep_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("bottleneck", data="shapes", model="shapes-vgg16-adv")
    assert "No sweep" in app.info[0].value
    assert app.code[0].value == "python -m core bottleneck shapes-vgg16-adv --n 500"
    assert app.button(key="work_bottleneck").label == "Compute"


def test_a_damaged_sweep_is_named_and_the_other_is_shown(stored: Opened, runs: Path) -> None:
    damaged = runs / "bottleneck" / "damaged"
    shutil.copytree(runs / "bottleneck" / "digits-vgg16-adv", damaged)
    (damaged / "summary.json").write_text("{", encoding="utf-8")
    app = stored("bottleneck", **DIGITS)
    shutil.rmtree(damaged)
    assert "summary.json is missing or damaged" in app.warning[0].value.replace("\\", "")
    assert "bottleneck" in sliders(app)


def test_a_sweep_of_other_weights_does_not_count(stored: Opened) -> None:
    from dashboard.answers import stored_results

    made = stored_result("bottleneck", "digits-vgg16-adv").manifest["model"]["sha256"]
    assert stored_results.stored_result("bottleneck", "digits-vgg16-adv", "another hash") is None
    assert stored_results.stored_result("bottleneck", "digits-vgg16-adv", made) is not None


def test_a_sweep_runs_beside_the_page_and_can_be_stopped(opened: Opened, half_done: None) -> None:
    app = opened("bottleneck", data="shapes", model="shapes-vgg16-adv")
    app.button(key="work_bottleneck").click().run()
    assert started("bottleneck", "shapes-vgg16-adv").command == ("bottleneck", "shapes-vgg16-adv", "--n", "500")
    app.run()
    assert "200 of 500" in app.get("progress")[0].proto.text
    app.button(key="stop_bottleneck").click().run()
    assert app.button(key="work_bottleneck").label == "Compute"
    assert not app.info[1:], "who stopped it knows"
