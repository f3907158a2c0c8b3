"""What was computed once is kept for every session, under a fingerprint of what it depends on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from core.analysis.results import StoredResult
from core.config import fingerprint
from dashboard.answers.image import OneImage

P = ParamSpec("P")
T = TypeVar("T")
MOST = 512  # answers of all kinds; one takes some hundred kilobytes


def remembered(compute: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns; nobody may write to it.

    Its arguments are plain values and frozen dataclasses of them, images (known by their key) and stored results (known
    by their folder and when it changed).
    """
    name = f"{compute.__module__}.{compute.__qualname__}"

    @wraps(compute)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        key = fingerprint(*map(_identity, args), {name: _identity(value) for name, value in kwargs.items()})
        return _kept(name, key, lambda: compute(*args, **kwargs))

    return ask


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _kept(name: str, key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def _identity(value: Any) -> Any:
    if isinstance(value, OneImage):
        return value.key
    return [str(value.folder), value.folder.stat().st_mtime_ns] if isinstance(value, StoredResult) else value
