"""Stored results, read once and again when their folder changes. No torch here: Start shows one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core import store
from core.analysis import pictures
from core.analysis.results import StoredResult, every_result

if TYPE_CHECKING:
    from core.analysis.visualize.gallery import Gallery
    from core.models import ModelCard

OPENING = "shapes-"  # data set of the first screen, where it has a stored image
SHIPPED = "shipped"  # in place of a run's folder


def opening() -> StoredResult | None:
    """The survey whose image the first screen shows: the first that has one, the planted truth before others."""
    folders = sorted(every_result("start").items(), key=lambda item: not item[0].startswith(OPENING))
    found = (_result(StoredResult, str(every[0]), changed(every[0])) for _, every in folders)
    return next((survey for survey in found if survey.summary.get("opening")), None)


def stored_result(kind: str, name: str, sha256: str) -> StoredResult | None:
    """What an experiment left for a model; None where it was not run on these very weights."""
    return next(iter(results_of(kind, name, sha256).values()), None)


def results_of(kind: str, name: str, sha256: str, read: type[StoredResult] = StoredResult) -> dict[str, StoredResult]:
    """Every result of one kind for these very weights, `SHIPPED` first, then runs by folder, newest first."""
    found = [_result(read, str(folder), changed(folder)) for folder in every_result(kind).get(name, [])]
    return {
        SHIPPED if store.RESULTS in result.folder.parents else result.folder.name: result
        for result in found
        if result.manifest["model"]["sha256"] == sha256
    }


def measured(kind: str, cards: "Mapping[str, ModelCard]") -> dict[str, StoredResult]:
    """One result of every model, the first that `results_of` would name; of models whose weights are not here as well.

    Left out is what was measured on other weights of the same name.
    """
    found: dict[str, StoredResult] = {}
    for name, folders in every_result(kind).items():
        for folder in folders:
            result = _result(StoredResult, str(folder), changed(folder))
            if name not in cards or cards[name].sha256 == result.manifest["model"]["sha256"]:
                found.setdefault(name, result)
    return found


@st.cache_resource(max_entries=128, show_spinner=False)
def _result(read: type[StoredResult], folder: str, changed: int) -> StoredResult:
    return read(Path(folder))


def changed(folder: Path) -> int:
    """When something in a folder appeared or went, in nanoseconds."""
    return folder.stat().st_mtime_ns


def addresses(gallery: "Gallery") -> list[str]:
    """Its pictures, not enlarged, as addresses."""
    return _addresses(str(gallery.folder), changed(gallery.folder), gallery)


@st.cache_resource(max_entries=16, show_spinner=False)
def _addresses(folder: str, changed: int, _gallery: "Gallery") -> list[str]:
    return [pictures.small(pixels / 255) for pixels in _gallery.pictures]
