"""What is on this machine: networks, data sets, thumbnails.

Start is drawn before torch is loaded, so this module alone imports what needs torch where it is used.
"""

import threading
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from core import store
from core.errors import InputError
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import NO_ATTACK
from dashboard.shared import images

if TYPE_CHECKING:
    from torch import Tensor

    from core.attacks import Attack
    from core.datasets import Dataset
    from core.models import ModelCard, Staged


@st.cache_resource(show_spinner=False)
def warmed_up() -> threading.Thread:
    """Import torch and what is built on it in the background, once, so that the first explanation need not wait."""
    thread = threading.Thread(target=_warm_up, daemon=True, name="warm-up")
    thread.start()
    return thread


def _warm_up() -> None:
    import dashboard.answers.one_image  # noqa: F401


def catalog() -> Catalog:
    """What is here to look at, read again whenever a card or a data set appears, changes or goes."""
    from core.datasets import DATASETS, is_available
    from core.models import available_models

    cards = tuple((name, str(path), path.stat().st_mtime_ns) for name, path in available_models().items())
    return _catalog(cards, tuple((name, version(name)) for name in DATASETS if is_available(name)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalog(files: tuple[tuple[str, str, int], ...], data: tuple[tuple[str, int], ...]) -> Catalog:
    from core.attacks import ATTACKS
    from core.datasets import DATASETS
    from core.models import load_card

    cards, cuts, refused = {}, {}, []
    for name, path, _ in files:
        try:
            cards[name] = load_card(Path(path))
            cuts[name] = _channels_at(cards[name])
        except InputError as error:
            cards.pop(name, None)
            refused.append(str(error))
    wanted = {card.data for card in cards.values()}
    images = {name: DATASETS[name].info.test_count or len(dataset(name)) for name, _ in data if name in wanted}
    settings = {name: _settings(attack()) for name, attack in ATTACKS.items()}
    return Catalog(cards, cuts, images, (NO_ATTACK, *ATTACKS), tuple(refused), settings)


def _settings(attack: "Attack") -> dict[str, Any]:
    """Of threat, steps and step size those that are fields of the attack, with its own values."""
    names = {field.name for field in fields(attack)}  # type: ignore[arg-type]  # every attack is a dataclass
    return {name: getattr(attack, name) for name in ("threat", "steps", "step_size") if name in names}


def _channels_at(card: "ModelCard") -> dict[str, int]:
    """How many channels there are at each cut, by shapes alone."""
    import torch

    from core.models.files import blueprint

    model, t = blueprint(card), torch.empty(1, 3, card.image_size, card.image_size, device="meta")
    found = {}
    for cut in model.cuts:
        t = model.stages[cut](t)
        found[cut] = t.shape[1]
    return found


@st.cache_data(ttl=1.0, show_spinner=False)
def version(data: str) -> int:
    """When a data set's files changed last, in nanoseconds; 0 where it comes with the project."""
    from core.datasets import DATASETS

    if (info := DATASETS[data].info).embedded:
        return 0
    roots = [store.data_root() / folder for folder in [download.publishes for download in info.downloads] or [data]]
    inside = (path for root in roots for pattern in ("*", "*/*") for path in root.glob(pattern))
    return max((path.stat().st_mtime_ns for path in (*roots, *inside) if path.exists()), default=0)


def dataset(name: str) -> "Dataset":
    """The test set, read again where its files have changed."""
    return _dataset(name, version(name))


@st.cache_resource(max_entries=4, show_spinner=False)
def _dataset(name: str, version: int) -> "Dataset":
    from core.datasets import load_dataset

    return load_dataset(name, "test")


@st.cache_resource(max_entries=8, show_spinner=False)
def model(name: str, sha256: str) -> "Staged":
    """A network, frozen, in eval mode."""
    from core.models import load_model

    return load_model(name)


@st.cache_resource(max_entries=8, show_spinner=False)
def twin(name: str, sha256: str) -> "Staged":
    """The same network with random weights."""
    from core.models import load_card, random_twin

    return random_twin(load_card(name))


@st.cache_resource(max_entries=32, show_spinner=False)
def uploaded(digest: str, size: int, _content: bytes) -> "Tensor":
    """A person's own picture as the network sees it, (1, 3, size, size). Raises InputError where it is none."""
    from core.datasets.upload import read_image

    return read_image(_content, size)


@st.cache_data(max_entries=64, show_spinner=False)
def own_thumbnail(digest: str, _content: bytes) -> str:
    """A person's own picture, small, as an address."""
    return images.thumbnail(images.array(uploaded(digest, images.THUMBNAIL, _content)))


def thumbnail(data: str, image: int) -> str:
    """One test image, small, as an address."""
    return _thumbnail(data, version(data), image)


@st.cache_data(max_entries=2048, show_spinner=False)
def _thumbnail(data: str, version: int, image: int) -> str:
    return images.thumbnail(images.array(dataset(data).images[image : image + 1]))


def sheet(data: str, n: int) -> str:
    """The first `n` test images on one picture, as an address."""
    return _sheet(data, version(data), n)


@st.cache_data(max_entries=8, show_spinner=False)
def _sheet(data: str, version: int, n: int) -> str:
    return images.sheet(dataset(data).images[:n])
