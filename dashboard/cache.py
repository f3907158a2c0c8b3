"""Every cache of the app. Keys are names, hashes, fingerprints; what all sessions share is never written to."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard import images, live
from dashboard.catalog import Catalog
from dashboard.jobs import Job
from dashboard.live import BATCH, Answer, Question, Subject
from dashboard.state import NO_ATTACK

if TYPE_CHECKING:
    from pandas import DataFrame
    from torch import Tensor

    from core.analysis.controls import Controls
    from core.analysis.gallery import Gallery
    from core.analysis.results import Result
    from core.analysis.stored import Stored
    from core.analysis.surgery import Flip, Operated, Surgery
    from core.analysis.sweep import ImageSweep
    from core.analysis.trace import Trace
    from core.datasets import Dataset
    from core.models import ModelCard, Staged

OPENING = "shapes-"  # data set of the first screen, where it has a stored image
MOST = 128  # answers kept; one takes some hundred kilobytes


@st.cache_resource(show_spinner=False)
def warmed_up() -> threading.Thread:
    """Import torch and what is built on it in the background, once, so that the first explanation need not wait."""
    thread = threading.Thread(target=_warm_up, daemon=True, name="warm-up")
    thread.start()
    return thread


def _warm_up() -> None:
    import core.analysis.controls
    import core.analysis.explain
    import core.datasets
    import core.models  # noqa: F401


def catalog() -> Catalog:
    """What is here to look at, read again whenever a card or a data set appears, changes or goes."""
    from core.datasets import DATASETS, is_available
    from core.models import available_models

    cards = tuple((name, str(path), path.stat().st_mtime_ns) for name, path in available_models().items())
    return _catalog(cards, tuple(name for name in DATASETS if is_available(name)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalog(files: tuple[tuple[str, str, int], ...], data: tuple[str, ...]) -> Catalog:
    from core.attacks import bounded_attacks
    from core.datasets import DATASETS
    from core.models import load_card
    from core.models.files import blueprint
    from core.types import InputError

    cards, cuts, refused = {}, {}, []
    for name, path, _ in files:
        try:
            cards[name] = load_card(Path(path))
            cuts[name] = blueprint(cards[name]).cuts
        except InputError as error:
            cards.pop(name, None)
            refused.append(str(error))
    wanted = {card.data for card in cards.values()}
    images = {name: DATASETS[name].info.test_count or len(dataset(name)) for name in data if name in wanted}
    return Catalog(cards, cuts, images, (NO_ATTACK, *bounded_attacks()), tuple(refused))


@st.cache_resource(max_entries=4, show_spinner=False)
def dataset(name: str) -> "Dataset":
    """The test set."""
    from core.datasets import load_dataset

    return load_dataset(name, "test")


@st.cache_resource(max_entries=8, show_spinner=False)
def model(name: str, sha256: str) -> "Staged":
    """A network, frozen, in eval mode."""
    from core.models import load_model

    return load_model(name)


@st.cache_resource(max_entries=32, show_spinner=False)
def uploaded(digest: str, size: int, _content: bytes) -> "Tensor":
    """A person's own picture as the network sees it, (1, 3, size, size). Raises InputError where it is none."""
    from core.datasets.upload import read_image

    return read_image(_content, size)


def answer(asked: Question, subject: Subject) -> Answer:
    """The explanation of one image by one model."""
    from core.config import fingerprint

    return _answer(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _answer(key: str, _asked: Question, _subject: Subject) -> Answer:
    from core.config import fingerprint

    network = model(_asked.model, _asked.sha256)
    x_adv = _attacked(fingerprint(_asked.of_attack), _asked, _subject)
    return live.answer(network, _asked, _subject, x_adv, _batch(_asked, _subject))


def _batch(asked: Question, subject: Subject) -> "Tensor | None":
    """The test images that share the image's tolerance; None where it has its own."""
    if asked.tolerance == "image" or subject.index is None:
        return None
    start = subject.index // BATCH * BATCH
    return dataset(subject.key.partition(":")[0]).images[start : start + BATCH]


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _attacked(key: str, _asked: Question, _subject: Subject) -> "Tensor":
    return live.attacked(model(_asked.model, _asked.sha256), _asked, _subject)


def controls(asked: Question, subject: Subject) -> "Controls":
    """Every label, random mask and random network for the same image."""
    from core.config import fingerprint

    return _controls(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _controls(key: str, _asked: Question, _subject: Subject) -> "Controls":
    network, card = model(_asked.model, _asked.sha256), catalog().cards[_asked.model]
    return live.controls(network, card, _asked, answer(_asked, _subject), _batch(_asked, _subject))


def random_masks(asked: Question, subject: Subject) -> NDArray[np.floating]:
    """What random masks of each label's size say, (k, k)."""
    return live.random_masks(model(asked.model, asked.sha256), controls(asked, subject).every_label, asked)


def over_seeds(asked: Question, subject: Subject) -> NDArray[np.bool_]:
    """Masks under five seeds, (5, c)."""
    from core.config import fingerprint

    return _over_seeds(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _over_seeds(key: str, _asked: Question, _subject: Subject) -> NDArray[np.bool_]:
    label = answer(_asked, _subject).explanation.label
    return live.over_seeds(model(_asked.model, _asked.sha256), _asked, _subject, label)


def stored(name: str, sha256: str) -> "Stored | None":
    """A model's survey; None where none was made of these very weights."""
    from core.analysis.stored import stored_surveys

    if (folder := stored_surveys().get(name)) is None:
        return None
    found = _stored(str(folder), folder.stat().st_mtime_ns)
    return found if found.manifest["model"]["sha256"] == sha256 else None


def opening() -> "Stored | None":
    """The survey whose image the first screen shows: the first that has one, the planted truth before others."""
    from core.analysis.stored import stored_surveys

    folders = sorted(stored_surveys().items(), key=lambda item: not item[0].startswith(OPENING))
    found = (_stored(str(folder), folder.stat().st_mtime_ns) for _, folder in folders)
    return next((stored for stored in found if stored.start is not None), None)


@st.cache_resource(max_entries=32, show_spinner=False)
def _stored(folder: str, changed: int) -> "Stored":
    from core.analysis.stored import Stored

    return Stored(Path(folder))


def stored_result(kind: str, name: str, sha256: str) -> "Result | None":
    """What an experiment left for a model; None where it was not run on these very weights."""
    return next(iter(results_of(kind, name, sha256).values()), None)


def results_of(kind: str, name: str, sha256: str) -> "dict[str, Result]":
    """Every result of one kind for these very weights: the shipped one under "", then runs by folder, newest first."""
    from core import store
    from core.analysis.results import every_result

    read = [_result(str(folder), folder.stat().st_mtime_ns) for folder in every_result(kind).get(name, [])]
    return {
        "" if store.RESULTS in found.folder.parents else found.folder.name: found
        for found in read
        if found.manifest["model"]["sha256"] == sha256
    }


def measured(kind: str, cards: "Mapping[str, ModelCard]") -> "dict[str, Result]":
    """One result of every model, the first that `results_of` would name; of models whose weights are not here as well.

    Left out is what was measured on other weights of the same name.
    """
    from core.analysis.results import every_result

    found: dict[str, Result] = {}
    for name, folders in every_result(kind).items():
        for folder in folders:
            result = _result(str(folder), folder.stat().st_mtime_ns)
            if name not in cards or cards[name].sha256 == result.manifest["model"]["sha256"]:
                found.setdefault(name, result)
    return found


@st.cache_resource(max_entries=128, show_spinner=False)
def _result(folder: str, changed: int) -> "Result":
    from core.analysis.results import Result

    return Result(Path(folder))


def galleries(name: str, sha256: str) -> "dict[str, Gallery]":
    """Stored pictures of these very weights, by run as `results_of`."""
    found = results_of("visualize", name, sha256)
    return {run: _gallery(str(one.folder), one.folder.stat().st_mtime_ns) for run, one in found.items()}


@st.cache_resource(max_entries=32, show_spinner=False)
def _gallery(folder: str, changed: int) -> "Gallery":
    from core.analysis.gallery import Gallery

    return Gallery(Path(folder))


def addresses(gallery: "Gallery") -> list[str]:
    """Its pictures, not enlarged, as addresses."""
    return _addresses(str(gallery.folder), gallery.folder.stat().st_mtime_ns)


@st.cache_resource(max_entries=16, show_spinner=False)
def _addresses(folder: str, changed: int) -> list[str]:
    return [images.small(pixels / 255) for pixels in _gallery(folder, changed).pictures]


def originals(gallery: "Gallery", image: int) -> dict[str, NDArray[np.float32]]:
    """The test image that pictures were drawn of, "clean" and, where there was an attack, "attacked"."""
    from core.config import fingerprint

    made, config = gallery.manifest, gallery.config
    about = made["model"]["sha256"], made["data"]["name"], image, config["attack"], config["seed"]
    return _originals(fingerprint(*about), gallery, image)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _originals(key: str, _gallery: "Gallery", _image: int) -> dict[str, NDArray[np.float32]]:
    made, config = _gallery.manifest, _gallery.config
    network = model(made["model"]["name"], made["model"]["sha256"])
    return live.originals(network, dataset(made["data"]["name"]), _image, config["attack"], config["seed"])


def along_beta(asked: Question, subject: Subject, betas: tuple[float, ...]) -> "ImageSweep":
    """One image distilled at every beta of a grid."""
    from core.config import fingerprint

    return _along_beta(fingerprint(asked, betas), asked, subject, betas)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _along_beta(key: str, _asked: Question, _subject: Subject, _betas: tuple[float, ...]) -> "ImageSweep":
    from core.config import fingerprint

    x_adv = _attacked(fingerprint(_asked.of_attack), _asked, _subject)
    return live.along_beta(model(_asked.model, _asked.sha256), _asked, _subject, x_adv, _betas)


def attack_steps(asked: Question, subject: Subject) -> "Trace":
    """The image on its way through PGD."""
    from core.config import fingerprint

    return _attack_steps(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _attack_steps(key: str, _asked: Question, _subject: Subject) -> "Trace":
    return live.attack_steps(model(_asked.model, _asked.sha256), _asked, answer(_asked, _subject))


def printed_attacks(result: "Result") -> "DataFrame":
    """What the paper prints in Tables 3 and 4 for such a network, beside a stored evaluation."""
    return _printed_attacks(str(result.folder), result.folder.stat().st_mtime_ns)


@st.cache_resource(max_entries=32, show_spinner=False)
def _printed_attacks(folder: str, changed: int) -> "DataFrame":
    import pandas as pd

    from core.analysis.paper.published import compared

    result = _result(folder, changed)
    ours = {result.card.name: result}
    rows = pd.concat([compared(table, ours).assign(table=table) for table in ("table3", "table4")], ignore_index=True)
    return rows[rows["model"] == result.card.name].drop_duplicates("example").reset_index(drop=True)


def surgery(result: "Result", name: str, sha256: str) -> "Surgery | None":
    """Edits of a network on the images of a stored result; None where they need more than is stored."""
    return _surgery(str(result.folder), result.folder.stat().st_mtime_ns, name, sha256)


@st.cache_resource(max_entries=8, show_spinner=False)
def _surgery(folder: str, changed: int, name: str, sha256: str) -> "Surgery | None":
    from core.analysis.activations import stored_surgery

    return stored_surgery(_result(folder, changed), model(name, sha256))


def by_chance(result: "Result", name: str, sha256: str, kept: int) -> "list[Operated]":
    """The control of an edit: the same network with as many channels drawn at random, twenty times."""
    return _by_chance(str(result.folder), result.folder.stat().st_mtime_ns, name, sha256, kept)


@st.cache_resource(max_entries=512, show_spinner=False)
def _by_chance(folder: str, changed: int, name: str, sha256: str, kept: int) -> "list[Operated]":
    found = _surgery(folder, changed, name, sha256)
    return [] if found is None else found.by_chance(kept)


def smallest_flip(asked: Question, subject: Subject) -> "Flip | None":
    """The fewest channels without which the network says another class of the clean image."""
    from core.config import fingerprint

    return _smallest_flip(fingerprint(asked.model, asked.sha256, asked.image, asked.cut), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _smallest_flip(key: str, _asked: Question, _subject: Subject) -> "Flip | None":
    return live.smallest_flip(model(_asked.model, _asked.sha256), _asked, _subject)


@st.cache_data(max_entries=2048, show_spinner=False)
def thumbnail(data: str, image: int) -> str:
    """One test image, small, as an address."""
    return images.thumbnail(images.array(dataset(data).images[image : image + 1]))


@st.cache_data(max_entries=8, show_spinner=False)
def sheet(data: str, n: int) -> str:
    """The first `n` test images on one picture, as an address."""
    return images.sheet(dataset(data).images[:n])


@st.cache_resource(show_spinner=False)
def jobs() -> dict[tuple[str, str], Job]:
    """Long work by its kind and name; one for the whole server, so that every session sees them."""
    return {}
