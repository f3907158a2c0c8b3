"""A small world for the pages: four tiny networks with random weights, no CIFAR-10, no shipped file."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core import store
from dashboard.answers.background import WORKER
from dashboard.work import jobs
from dashboard.work.jobs import Job
from tests.dashboard import programs

APP = str(store.PROJECT / "dashboard" / "app.py")
TIMEOUT = 180  # seconds; nothing is measured with it
CLASSES = {
    "digits": tuple("0123456789"),
    "shapes": ("disc", "ring", "crescent", "square", "triangle", "star", "cross", "heart", "arrow", "hourglass"),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}
MODELS = (("digits", "adv"), ("digits", "standard"), ("shapes", "adv"), ("cifar10", "adv"))
BROKEN_LINKS = [  # to the tiny digits network, and what every page says of them
    ({"data": "digits", "model": "digits-vgg16-adv", "image": "99999999"}, "the last one is shown"),
    ({"model": "digits-vgg16-advv"}, "digits-vgg16-adv is shown instead"),
    ({"data": "digits", "model": "digits-vgg16-adv", "attack": "<script>", "beta": "ten"}, "a number was expected"),
]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `models/`; `results/` and `data/` are not there."""
    import torch

    from core.models import ModelCard, build_model, save_model

    folder = tmp_path_factory.mktemp("world")
    for seed, (data, defense) in enumerate(MODELS):
        torch.manual_seed(seed)
        model = build_model("vgg16", num_classes=10, image_size=32, width=0.125).eval()
        model.stages["classifier"].linear.weight.data.mul_(30)  # an opinion on every image
        card = ModelCard(
            name=f"{data}-vgg16-{defense}", network="vgg16", width=0.125, num_classes=10, image_size=32, cut="conv5_3",
            data=data, class_names=CLASSES[data], epsilon=0.1, defense=defense,
        )  # fmt: skip
        save_model(model, card, folder / "models")
    return folder


@pytest.fixture(autouse=True)
def _nothing_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is computed in the background, where it would outlive a test; the thread has tests of its own."""
    monkeypatch.setattr(WORKER, "expect", lambda tasks: None)


@pytest.fixture(autouse=True)
def _quick_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether work leaves the server depends on no clock: here nothing takes long, but where a test says so."""
    from dashboard.answers import cost

    monkeypatch.setattr(cost, "_speed", lambda *_: cost.Speed(forward=1e-6, gradient=1e-6))
    monkeypatch.setattr(cost, "_step", lambda *_: 1e-6)


@pytest.fixture
def in_world(world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store looks into the small world. The app's caches are kept from test to test, as from session to session."""
    monkeypatch.setattr(store, "MODELS", world / "models")
    monkeypatch.setattr(store, "RESULTS", world / "results")
    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(world / "data"))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(world / "runs"))
    return world


@pytest.fixture
def opened(in_world: Path) -> Callable[..., AppTest]:
    """`opened("explain", image="3")` runs a page from a link, and fails where the page does."""

    def run(page: str = "start", **parameters: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=TIMEOUT)
        for name, value in parameters.items():
            app.query_params[name] = value
        if page != "start":
            app._page_hash = calc_hash(page)  # as a link opens it; `switch_page` needs a run of Start before
        app.run()
        assert not app.exception
        return app

    return run


@pytest.fixture
def stored(opened: Callable[..., AppTest], runs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`opened` where a module's own fixture `runs` has put stored results."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(runs))
    return opened


@pytest.fixture
def half_done(in_world: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work that the pages start gets to 200 of 500 and no further; nothing of it is left afterwards."""
    monkeypatch.setattr(jobs, "PROGRAM", programs.half_done(200, 500))
    yield
    for job in jobs.jobs():
        jobs.stop(job)
    shutil.rmtree(store.jobs_root(), ignore_errors=True)


def read(markdown: str) -> str:
    """Markdown as a person reads it: without strokes before signs, links to the glossary and colors."""
    text = re.sub(r"\[([^\]]*)\]\(#term-[a-z]+\)", r"\1", markdown.replace("\\", ""))
    return text.replace("\u00a0", " ")


def started(*subject: str) -> Job:
    """The work on a subject, once it has got somewhere."""
    job = jobs.current(subject)
    assert job is not None
    return programs.moving(job)


def spec(app: AppTest, number: int = 0) -> dict:
    """What the browser gets of a plotly chart."""
    return json.loads(app.get("plotly_chart")[number].proto.spec)
