"""The first screen: from stored results, without torch."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from core import store
from tests.dashboard.conftest import APP, CLASSES, TIMEOUT

Opened = Callable[..., AppTest]


def prediction(name: str) -> dict[str, object]:
    k = CLASSES["shapes"].index(name)
    return {"predicted": name, "probabilities": [0.91 if i == k else 0.01 for i in range(10)]}


def fraction(value: float) -> dict[str, float]:
    return {"value": value, "n": 100, "low": value - 0.05, "high": value + 0.05}


START = {
    "counts": {"robust": 2, "nonrobust": 3},
    "model": "shapes-vgg16-adv", "image": 7, "true_label": "ring", "attack": "pgd", "epsilon": 12 / 255, "beta": 0.3,
    "seed": 0, "class_names": list(CLASSES["shapes"]), "rule": "the first that satisfies a rule",
    "findings": {"verdict": "The attack turns ring into disc.", "sides": "With the label, ...", "caution": ""},
    "predictions": {
        when: {"all": prediction(all_), "robust": prediction("ring"), "nonrobust": prediction("disc")}
        for when, all_ in (("clean", "ring"), ("adversarial", "disc"))
    },
    "controls": {"every_label": {"finding": "9 of 10 labels are echoed."}},
    "provenance": {
        "data": {"name": "shapes", "split": "test"}, "cut": "conv5_3", "label": "true: ring",
        "model": {"name": "shapes-vgg16-adv", "width": 0.25, "sha256": "ab" * 32}, "bottleneck": {"steps": 200},
    },
}  # fmt: skip
CLAIM = {
    "side": "robust",
    "images": "attacked",
    "measured": fraction(0.9),
    "controls": {"wrong_label": fraction(0.8), "random_mask": fraction(0.3), "random_network": fraction(0.7)},
}


@pytest.fixture
def results(in_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One stored survey, as small as the page allows."""
    folder = tmp_path / "shapes-vgg16-adv" / "start"
    folder.mkdir(parents=True)
    about = {"name": "shapes-vgg16-adv", "sha256": "ab" * 32}
    made = {"model": about, "data": {"name": "shapes", "sha256": "cd" * 32}, "made": "2026-11-20T"}
    store.write_json(folder / "manifest.json", made)
    store.write_json(folder / "config.json", {"kind": "Survey"})
    store.write_json(folder / "card.json", about)
    store.write_json(folder / "summary.json", {"n": 100, "claims": [CLAIM], "opening": START})
    picture = io.BytesIO()
    Image.new("RGB", (32, 32)).save(picture, "PNG")
    pixels = np.frombuffer(picture.getvalue(), np.uint8)
    (folder / "arrays.safetensors").write_bytes(save({"clean": pixels, "adversarial": pixels}))
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    return tmp_path


def test_start_shows_the_stored_image_its_claim_and_the_controls(results: Path, opened: Opened) -> None:
    app = opened()
    said = " ".join(block.value for block in app.markdown)
    assert "The attack turns ring into disc" in said
    assert "9 of 10 labels are echoed" in said
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    assert charts[0].proto.alt == "clean: all channels ring, robust only ring, non-robust only disc."
    for share in ("90%", "80%", "30%", "70%"):
        assert share in charts[2].proto.alt
    assert "stored, made 2026" in app.caption[-1].value.replace("\\", "")
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    assert set(links) == {"Explain an image", "Doubt it"}
    assert "image=7" in links["Explain an image"].query_string


def test_start_without_results_says_so_and_offers_the_way_on(opened: Opened) -> None:
    app = opened()
    assert "No stored result" in app.info[0].value
    assert len(app.get("page_link")) == 2


def test_a_damaged_result_closes_no_door(results: Path, opened: Opened) -> None:
    (results / "shapes-vgg16-adv" / "start" / "summary.json").write_text("{", encoding="utf-8")
    app = opened()
    assert not app.error
    assert len(app.get("page_link")) == 2


def test_start_loads_neither_torch_nor_scikit_learn() -> None:
    script = f"""
import sys
from dashboard.answers import at_hand as here
here._warm_up = lambda: None
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({APP!r}, default_timeout={TIMEOUT}).run()
assert not app.exception, app.exception
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {{"torch", "torchvision", "sklearn", "scipy"}}))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=store.PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
