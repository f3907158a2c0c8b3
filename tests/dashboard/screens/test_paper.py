"""The Paper page on small tables and figures of tiny networks, without a browser."""

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.paper.across import overview
from core.analysis.paper.claims import SIGNS, claims, counted
from core.analysis.paper.findings import essay
from core.analysis.paper.published import ITEMS
from core.analysis.results import StoredResult, stored_result, stored_results
from core.look import percent
from dashboard.screens.paper.figures import PAGES

if TYPE_CHECKING:
    from core.analysis.experiment import Experiment

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
STANDARD, CIFAR10 = "digits-vgg16-standard", "cifar10-vgg16-adv"
BETAS = (0.0, 0.3, 30.0)


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs on eight digits, but for Tables 3 and 4: of the CIFAR-10 network, on noise with the labels that it gives."""
    import torch

    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.datasets import Dataset, load_dataset
    from core.models import load_card, load_model

    runs, digits = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    for (kind, name), experiment in _experiments(world).items():
        path, data = world / "models" / f"{name}.json", digits
        card, model = load_card(path), load_model(path)
        if card.data == "cifar10":
            noise = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
            data = Dataset("cifar10", "test", noise, model(noise).argmax(dim=1), card.class_names, card.epsilon)
        conduct(experiment, Subject(card, model, data), name=kind, out=runs / kind / name)
    return runs


def _experiments(world: Path) -> "Mapping[tuple[str, str], Experiment]":
    """By kind and network: small everything, and of every kind that the page can show."""
    from core.analysis.attacks.experiment import Evaluation
    from core.analysis.bottleneck.experiment import BetaSweep
    from core.analysis.experiment import Subject
    from core.analysis.paper.example import coincidence, turned
    from core.analysis.paper.table1 import Table1
    from core.analysis.paper.table2 import Table2
    from core.analysis.visualize.experiment import FeaturePictures
    from core.attacks import CW, FGSM, NRF, PGD, ThreatModel
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model
    from core.visualization import Visualization

    name = DIGITS["model"]
    path = world / "models" / f"{name}.json"
    subject = Subject(load_card(path), load_model(path), load_dataset("digits", "test"))
    pgd, distiller = PGD(threat=ThreatModel(epsilon=0.1), steps=3), Bottleneck(steps=10, cut="conv5_3")
    tables = {"attacks": (FGSM(), PGD()), "bottleneck": Bottleneck(steps=10)}
    sweep = BetaSweep(n=8, betas=BETAS, attack=pgd, bottleneck=distiller)
    drawing = {"visualization": Visualization(steps=2, cut="conv5_3"), "attack": pgd, "bottleneck": distiller}
    turns = tuple(turned(subject, pgd, n=100, seed=0))
    agreed = coincidence(subject, pgd, distiller, n=100, seed=0)
    return {
        ("paper-table1", name): Table1(n=8, **tables),
        ("paper-table2", name): Table2(n=8, **tables),
        ("paper-table3", CIFAR10): Evaluation(n=8, attacks=(FGSM(), PGD(), CW(steps=5))),
        ("paper-table4", CIFAR10): Evaluation(n=4, attacks=(NRF(),)),
        ("paper-figure3", name): FeaturePictures(images=turns[:2], twins=False, **drawing),
        ("visualize", name): FeaturePictures(images=(turns[0], agreed), twins=False, **drawing),
        ("paper-figure5", name): sweep,
        ("bottleneck", STANDARD): sweep,
    }


def unescaped(texts: Iterable[Any]) -> list[str]:
    """Markdown as it is read: without what keeps signs and addresses plain."""
    return [re.sub(r"\\([^\w\s])", r"\1", text.value).replace("\u2060", "") for text in texts]


def numbers(drawn: list[float] | dict[str, str]) -> list[float]:
    """Of a trace, which plotly writes as a list or as bytes."""
    if isinstance(drawn, list):
        return drawn
    return np.frombuffer(b64decode(drawn["bdata"]), dtype=drawn["dtype"]).tolist()


def strip(app: AppTest) -> list[dict[str, Any]]:
    """The rows of pictures."""
    (found,) = [part.proto.json for part in app.get("bidi_component") if part.proto.id.endswith("-strip_pictures")]
    return json.loads(found)["rows"]


def shown(app: AppTest, part: str) -> str:
    """The HTML of the part of the page with a class."""
    return next(block.value for block in app.main.get("html") if f'class="{part}"' in block.value)


def test_without_results_the_page_says_what_makes_them(opened: Opened) -> None:
    app = opened("paper", **DIGITS)
    assert "None of the tables" in app.info[0].value
    assert app.code[0].value.startswith("python -m core paper all")
    app = opened("paper", **DIGITS, open="items")
    cells = shown(app, "printed-ours")
    assert cells.count("<td title=") == cells.count('<span class="other">none') > 0
    assert any("has results here" in caption.value for caption in app.caption)
    assert "core train --cell paper-cifar10-vgg16-adv" in app.code[-1].value


@pytest.mark.parametrize("name", [DIGITS["model"], CIFAR10])
def test_every_claim_has_a_line_with_its_verdict_and_a_reason(stored: Opened, name: str) -> None:
    app = stored("paper", **DIGITS, ours=name, open="verdicts")
    every = claims({item: {**stored_of(item)} for item in ITEMS}, name)
    linked, said = shown(app, "claims"), unescaped(app.markdown)
    table = re.sub(r"</?a\b[^>]*>", "", linked)
    assert {"nrf", "cw", "trades", "mart", "epsilon"} <= set(re.findall(r'href="#term-(\w+)"', linked))
    assert table.count("<tr") == len(every) + 1
    for claim in every:
        mark = f"{SIGNS[claim.evidence.verdict]} {claim.evidence.verdict}"
        assert re.search(rf"{re.escape(claim.claim)}</td>.*?</em>{re.escape(mark)}", table, re.DOTALL)
        assert any(line.endswith(f"{claim.claim}. {claim.evidence.why}") for line in said)


def stored_of(item: str) -> dict[str, StoredResult]:
    """Results of an item by model: the paper's run, else that of the page that shows the like."""
    kinds = [kind for kind in (PAGES.get(item), f"paper-{item}") if kind]
    return {name: StoredResult(folder) for kind in kinds for name, folder in stored_results(kind).items()}


def test_how_many_claims_hold_is_the_answer_and_what_differs_its_doubt(stored: Opened) -> None:
    app = stored("paper", **DIGITS, ours=DIGITS["model"])
    compared, holds, *_ = counted(claims({item: stored_of(item) for item in ITEMS}, DIGITS["model"]))
    said = unescaped(app.markdown)
    tally = re.findall(r"[✓◐✗?–] [a-z ]+ (\d+)", "".join(unescaped(app.caption)))
    assert sum(map(int, tally)) == len(claims({item: stored_of(item) for item in ITEMS}, DIGITS["model"]))
    assert said[0].startswith(f"**{holds} of {compared}** claims of the paper hold on our smaller network")
    shares = stored_result("paper-table1", DIGITS["model"]).table("cells")
    keys = {"tolerance": "image", "source": "wrong", "example": "clean", "side": "robust", "against": "supplied"}
    repeated = shares[(shares[list(keys)] == pd.Series(keys)).all(axis=1)]["value"].item()
    doubt = next(one for one in said if one.startswith(":material/balance:"))
    plain = re.sub(r"\[([^][]*)\]\(#[^)]*\)", r"\1", doubt)
    assert "0.125 of the width and another training, seen on 8 images" in plain
    assert f"robust channels repeat that one on {percent(repeated)}" in plain


def test_the_essays_numbers_are_those_of_the_table(stored: Opened) -> None:
    """What a wrong label does, whole; the share is read from the table here as well."""
    app = unescaped(stored("paper", **DIGITS, open="text").markdown)
    result = stored_result("paper-table1", "digits-vgg16-adv")
    keys = ["tolerance", "source", "example", "side", "against"]
    shares = result.table("cells").set_index(keys)["value"]
    echo, true = (shares["image", "wrong", "clean", "robust", against] for against in ("supplied", "true"))
    (said,) = [paragraph for paragraph in essay({"table1": result}) if paragraph.topic == "label"]
    assert f"repeat it on {100 * echo:.1f} % of the same images" in said.text
    assert f"the true one on {100 * true:.1f} %." in said.text
    assert f"**{said.heading}.** {said.text}" in app


@pytest.mark.parametrize(
    ("name", "items"), [("digits-vgg16-adv", ("table1", "table2")), (CIFAR10, ("table3", "table4"))]
)
def test_every_paragraph_is_shown_as_it_is_written(stored: Opened, name: str, items: tuple[str, ...]) -> None:
    app = stored("paper", **DIGITS, ours=name, open="text")
    said = essay({item: stored_result(f"paper-{item}", name) for item in items})
    assert {f"**{one.heading}.** {one.text}" for one in said} <= set(unescaped(app.markdown))
    captions = "\n".join(unescaped(app.caption))
    assert all(f"`{command}`" in captions for one in said for command in one.commands)


def test_how_much_of_the_paper_has_ours_beside_it_is_said(stored: Opened) -> None:
    results = {CIFAR10: stored_result("paper-table3", CIFAR10)}
    said = overview("table3", results, "cifar10", "vgg16")
    assert said.startswith("Table 3: 3 of its 24 numbers")
    assert any(said in caption for caption in unescaped(stored("paper", **DIGITS, ours=CIFAR10, open="text").caption))


@pytest.mark.parametrize("item", ["table1", "table2", "table3", "table4", "figure2", "figure3", "figure4", "figure5"])
def test_every_item_opens(stored: Opened, item: str) -> None:
    app = stored("paper", **DIGITS, item=item, open="items")
    assert not app.error
    assert app.segmented_control(key="choose_item").value == item


@pytest.mark.parametrize(("item", "example", "n"), [("table3", "fgsm", 8), ("table3", "pgd", 8), ("table4", "nrf", 4)])
def test_ours_stands_in_its_cell(stored: Opened, item: str, example: str, n: int) -> None:
    app = stored("paper", **DIGITS, item=item, open="items", ours=CIFAR10)
    left = stored_result(f"paper-{item}", CIFAR10).table("attacks").set_index("label").loc[example, "value"]
    table = next(part.value for part in app.get("dataframe") if "ours" in part.value)
    cell = table.loc[("cifar10", "vgg16", "adv", example, "")]
    assert cell["ours"] == pytest.approx(100 * left)
    shown = next(part.value for part in app.main.get("html") if "<td title=" in part.value)
    difference = f"{cell['ours'] - cell['percent']:+.1f}".replace("-", "−")
    assert f'<b class="other">{cell["ours"]:.1f}</b> <span>{difference}<sup>' in shown
    assert f"python -m core paper {item} --models {CIFAR10} --n {n}" in [code.value for code in app.code]


@pytest.mark.parametrize(
    ("kind", "name", "made_by"),
    [
        ("paper-figure5", "digits-vgg16-adv", ["python -m core paper figure5 --models digits-vgg16-adv --n 8"]),
        ("bottleneck", STANDARD, []),
    ],
)
def test_figure_5_is_the_papers_own_run_or_the_one_of_its_page(
    stored: Opened, kind: str, name: str, made_by: list[str]
) -> None:
    app = stored("paper", **DIGITS, item="figure5", open="items", ours=name)
    result, panels = stored_result(kind, name), [json.loads(panel.proto.spec) for panel in app.get("plotly_chart")]
    curves = result.table("curves").set_index(["images", "side"])["value"]
    bars = [numbers(trace["y"]) for panel in panels for trace in panel["data"] if trace["type"] == "bar"]
    for i, key in enumerate(product(("clean", "attacked"), ("robust", "nonrobust"))):
        np.testing.assert_allclose(bars[i], curves.loc[key])
    np.testing.assert_allclose(bars[4], result.table("counts")["robust_mean"])
    assert [code.value for code in app.code] == made_by
    conditions = [text for text in unescaped(app.caption) if text.startswith(f"{name}, first 8 test images of digits")]
    assert conditions[0].endswith("the stored result of the page Bottleneck.") == (kind == "bottleneck")


def test_figure_3_shows_the_first_image_that_was_turned(stored: Opened) -> None:
    app, result = (
        stored("paper", **DIGITS, item="figure3", open="items"),
        stored_result("paper-figure3", "digits-vgg16-adv"),
    )
    first, second = result.config["images"]
    assert first < second
    assert any(text.startswith(f"Test image {first}. From the clean ") for text in unescaped(app.markdown))
    titles = [group["title"] for row in strip(app) for group in row["groups"] if group["mark"] == "robust"]
    robust = result.table("strip").query("image == @first and side == 'robust' and mask == 'distilled'")
    counts = robust[robust["network"] == "trained"].set_index("images")["channels"]
    assert titles == [f"{counts[images]} robust" for images in ("clean", "attacked")]
    assert [code.value for code in app.code] == ["python -m core paper figure3 --models digits-vgg16-adv"]


def test_figure_4_shows_the_image_that_coincides_though_it_is_stored_second(stored: Opened) -> None:
    app, result = (
        stored("paper", **DIGITS, item="figure4", open="items"),
        stored_result("visualize", "digits-vgg16-adv"),
    )
    first, agreed = result.config["images"]
    assert first != agreed
    assert any(text.startswith(f"Test image {agreed}. From the clean ") for text in unescaped(app.markdown))
    assert len(strip(app)) == 2
    assert any(text.endswith("the stored result of the page Visualize.") for text in unescaped(app.caption))


def test_a_figure_that_nobody_made_says_what_makes_it(stored: Opened) -> None:
    app = stored("paper", **DIGITS, item="figure2", open="items")
    assert "has not been made for digits-vgg16-adv" in unescaped(app.info)[-1]
    assert app.code[-1].value == "python -m core paper figure2 --models digits-vgg16-adv --n 500"


def test_a_figure_for_a_network_that_nobody_knows_is_that_of_the_best(stored: Opened) -> None:
    app = stored("paper", **DIGITS, item="figure5", open="items", ours="elsewhere")
    assert [info.value for info in app.info if "elsewhere" in info.value] == [app.info[0].value]
    assert len(app.get("plotly_chart")) == 3


def test_the_network_beside_the_printed_numbers_can_be_chosen(stored: Opened) -> None:
    app = stored("paper", **DIGITS, ours="digits-vgg16-adv")
    assert app.selectbox(key="choose_ours").value == "digits-vgg16-adv"
    app = stored("paper", **DIGITS, ours="elsewhere")
    assert any("elsewhere has no results of the paper" in info.value for info in app.info)
    assert app.selectbox(key="choose_ours").value == "digits-vgg16-adv", "the likest to the paper's that has Table 1"


def test_the_printed_table_is_part_of_the_address(stored: Opened) -> None:
    app = stored(
        "paper", **DIGITS, item="table3", open="items", ours=CIFAR10, printed_data="svhn", printed_network="wrn28_10"
    )
    assert app.segmented_control(key="choose_printed_data").value == "svhn"
    assert all(cell in app.code[-1].value for cell in ("--cell paper-svhn-wrn28_10-adv", "core paper table3"))
    app.segmented_control(key="choose_printed_data").set_value("tiny_imagenet").run()
    assert app.query_params["printed_data"] == "tiny_imagenet"
    app.selectbox(key="choose_ours").set_value("digits-vgg16-adv").run()
    assert "printed_data" not in app.query_params


def test_the_reasons_stand_in_one_list(stored: Opened) -> None:
    said = next(
        text
        for text in unescaped(stored("paper", **DIGITS, item="table3", open="items").caption)
        if text.startswith("1: ")
    )
    lines = said.split("  \n")
    assert [line[:2] for line in lines[:3]] == ["1:", "2:", "3:"]
    assert lines[-1].startswith("AA*: printed as AutoAttack")


def test_results_of_a_network_whose_weights_are_not_here_are_shown(
    stored: Opened, world: Path, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "runs"
    shutil.copytree(runs, copied)
    for file in copied.glob("paper-*/*/*.json"):
        file.write_text(file.read_text().replace("digits-vgg16-adv", "digits-vgg16-gone"))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(copied))
    app = stored("paper", **DIGITS, open="text")
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert any("digits-vgg16-gone is not the paper's network" in one for one in said)
