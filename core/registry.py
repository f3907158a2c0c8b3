"""A mapping from names to entries, filled by decorators. Menus, the command line and contract tests read it."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from core.errors import InputError

T = TypeVar("T")


class Registry(Mapping[str, T]):
    """Entries of one kind by name.

    Args:
        kind: what an entry is, in the singular ("attack"); used in error sentences.
    Raises:
        InputError: on an unknown name, with the known names and the closest one.
        ValueError: when a name is registered twice.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}
        self._titles: dict[str, str] = {}

    def register(self, name: str, title: str = "") -> Callable[[T], T]:
        """Decorator that adds an entry under `name` and returns it unchanged; `title` is how the field writes it."""

        def add(entry: T) -> T:
            if name in self._entries:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._entries[name] = entry
            self._titles[name] = title or name
            return entry

        return add

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            raise InputError(unknown_name(self.kind, name, self._entries))
        return self._entries[name]

    def get(self, name: object, default: Any = None) -> Any:
        """The entry, or `default` where the name is unknown."""
        return self._entries.get(str(name), default)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def title(self, name: str) -> str:
        """How the field writes an entry; the name as it is where nobody said, or where it is unknown."""
        return self._titles.get(name, name)

    def name_of(self, entry: object) -> str:
        """The name under which `entry`, or the class of `entry`, is registered."""
        for name, known in self._entries.items():
            if known is entry or known is type(entry):
                return name
        raise InputError(f"Expected a registered {self.kind}, got {entry!r}; known are {', '.join(self)}.")


def unknown_name(kind: str, name: object, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The sentence that an unknown name deserves: what came, what is known, what was probably meant."""
    close = get_close_matches(str(name), list(known), n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"Unknown {kind} {str(name)[:80]!r}; known are {', '.join(known) or 'none'}.{hint}"
