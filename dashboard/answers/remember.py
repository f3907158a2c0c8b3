"""What was computed once is kept for every session, under all that it depends on."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from core.analysis.results import StoredResult
from dashboard.answers.image import OneImage

P = ParamSpec("P")
T = TypeVar("T")
MOST = 2048  # answers of all kinds; one takes up to some hundred kilobytes


class Memory:
    """The latest answers. Its lock is held for moments, never while something is computed."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def ask(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What is kept under the key, computed where nothing is. Two who ask at once compute it twice; one is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = compute()
        with self._lock:
            answer = self._kept.setdefault(key, answer)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


MEMORY = Memory(MOST)


def remembered(compute: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns; nobody may write to it.

    Its arguments are plain values and frozen dataclasses of them, images (known by their key) and stored results (known
    by their folder and when it changed).
    """

    @wraps(compute)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        return MEMORY.ask(key_of(compute, *args, **kwargs), lambda: compute(*args, **kwargs))

    return ask


def key_of(compute: Callable[..., Any], *args: Any, **kwargs: Any) -> Hashable:
    """Under which the answer of a remembered function to these arguments is kept."""
    named = tuple((name, _identity(value)) for name, value in sorted(kwargs.items()))
    return f"{compute.__module__}.{compute.__qualname__}", *map(_identity, args), *named


def _identity(value: Any) -> Hashable:
    if isinstance(value, OneImage):
        return value.key
    return (str(value.folder), value.folder.stat().st_mtime_ns) if isinstance(value, StoredResult) else value
