"""Stored results and what is computed from them. A key holds the folder and when it changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.analysis import pictures
from dashboard.answers import live
from dashboard.answers.at_hand import dataset, model

if TYPE_CHECKING:
    from pandas import DataFrame

    from core.analysis.channels.surgery import Operated, Surgery
    from core.analysis.results import StoredResult
    from core.analysis.start.stored import Stored
    from core.analysis.visualize.gallery import Gallery
    from core.models import ModelCard

OPENING = "shapes-"  # data set of the first screen, where it has a stored image
MOST = 128  # images kept with what an attack made of them


def stored(name: str, sha256: str) -> "Stored | None":
    """A model's survey; None where none was made of these very weights."""
    from core.analysis.start.stored import stored_surveys

    if (folder := stored_surveys().get(name)) is None:
        return None
    found = _stored(str(folder), folder.stat().st_mtime_ns)
    return found if found.manifest["model"]["sha256"] == sha256 else None


def opening() -> "Stored | None":
    """The survey whose image the first screen shows: the first that has one, the planted truth before others."""
    from core.analysis.start.stored import stored_surveys

    folders = sorted(stored_surveys().items(), key=lambda item: not item[0].startswith(OPENING))
    found = (_stored(str(folder), folder.stat().st_mtime_ns) for _, folder in folders)
    return next((stored for stored in found if stored.start is not None), None)


@st.cache_resource(max_entries=32, show_spinner=False)
def _stored(folder: str, changed: int) -> "Stored":
    from core.analysis.start.stored import Stored

    return Stored(Path(folder))


def stored_result(kind: str, name: str, sha256: str) -> "StoredResult | None":
    """What an experiment left for a model; None where it was not run on these very weights."""
    return next(iter(results_of(kind, name, sha256).values()), None)


def results_of(kind: str, name: str, sha256: str) -> "dict[str, StoredResult]":
    """Every result of one kind for these very weights: the shipped one under "", then runs by folder, newest first."""
    from core import store
    from core.analysis.results import every_result

    read = [_result(str(folder), folder.stat().st_mtime_ns) for folder in every_result(kind).get(name, [])]
    return {
        "" if store.RESULTS in found.folder.parents else found.folder.name: found
        for found in read
        if found.manifest["model"]["sha256"] == sha256
    }


def measured(kind: str, cards: "Mapping[str, ModelCard]") -> "dict[str, StoredResult]":
    """One result of every model, the first that `results_of` would name; of models whose weights are not here as well.

    Left out is what was measured on other weights of the same name.
    """
    from core.analysis.results import every_result

    found: dict[str, StoredResult] = {}
    for name, folders in every_result(kind).items():
        for folder in folders:
            result = _result(str(folder), folder.stat().st_mtime_ns)
            if name not in cards or cards[name].sha256 == result.manifest["model"]["sha256"]:
                found.setdefault(name, result)
    return found


@st.cache_resource(max_entries=128, show_spinner=False)
def _result(folder: str, changed: int) -> "StoredResult":
    from core.analysis.results import StoredResult

    return StoredResult(Path(folder))


def galleries(name: str, sha256: str) -> "dict[str, Gallery]":
    """Stored pictures of these very weights, by run as `results_of`."""
    found = results_of("visualize", name, sha256)
    return {run: _gallery(str(one.folder), one.folder.stat().st_mtime_ns) for run, one in found.items()}


@st.cache_resource(max_entries=32, show_spinner=False)
def _gallery(folder: str, changed: int) -> "Gallery":
    from core.analysis.visualize.gallery import Gallery

    return Gallery(Path(folder))


def addresses(gallery: "Gallery") -> list[str]:
    """Its pictures, not enlarged, as addresses."""
    return _addresses(str(gallery.folder), gallery.folder.stat().st_mtime_ns)


@st.cache_resource(max_entries=16, show_spinner=False)
def _addresses(folder: str, changed: int) -> list[str]:
    return [pictures.small(pixels / 255) for pixels in _gallery(folder, changed).pictures]


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


def printed_attacks(result: "StoredResult") -> "DataFrame":
    """What the paper prints in Tables 3 and 4 for such a network, beside a stored evaluation."""
    return _printed_attacks(str(result.folder), result.folder.stat().st_mtime_ns)


@st.cache_resource(max_entries=32, show_spinner=False)
def _printed_attacks(folder: str, changed: int) -> "DataFrame":
    import pandas as pd

    from core.analysis.paper.compared import compared

    result = _result(folder, changed)
    ours = {result.card.name: result}
    rows = pd.concat([compared(table, ours).assign(table=table) for table in ("table3", "table4")], ignore_index=True)
    return rows[rows["model"] == result.card.name].drop_duplicates("example").reset_index(drop=True)


def surgery(result: "StoredResult", name: str, sha256: str) -> "Surgery | None":
    """Edits of a network on the images of a stored result; None where they need more than is stored."""
    return _surgery(str(result.folder), result.folder.stat().st_mtime_ns, name, sha256)


@st.cache_resource(max_entries=8, show_spinner=False)
def _surgery(folder: str, changed: int, name: str, sha256: str) -> "Surgery | None":
    from core.analysis.channels.activations import stored_surgery

    return stored_surgery(_result(folder, changed), model(name, sha256))


def by_chance(result: "StoredResult", name: str, sha256: str, kept: int) -> "list[Operated]":
    """The control of an edit: the same network with as many channels drawn at random, twenty times."""
    return _by_chance(str(result.folder), result.folder.stat().st_mtime_ns, name, sha256, kept)


@st.cache_resource(max_entries=512, show_spinner=False)
def _by_chance(folder: str, changed: int, name: str, sha256: str, kept: int) -> "list[Operated]":
    found = _surgery(folder, changed, name, sha256)
    return [] if found is None else found.by_chance(kept)
