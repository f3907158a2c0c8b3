"""Unfinished work, piece by piece: what is done is not done again, damage is not believed, processes take turns."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, distributed

from core import store
from core.device import Place
from core.types import OnStep

Piece: TypeAlias = Mapping[str, Tensor]  # on the CPU


@dataclass(frozen=True)
class Kept:
    """A folder of pieces, a safetensors file each, whole or not at all, named after everything that decides the piece.

    Args:
        folder: need not be there.
        fresh: what another run left does not count, not even that of one which was fresh as well and was stopped.
    """

    folder: Path
    fresh: bool = False
    _done: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def load(self, name: str) -> Piece | None:
        """A piece by name; None where it is not there, is damaged, or does not count."""
        if self.fresh and name not in self._done:
            return None
        try:
            with safe_open(self._path(name), framework="pt") as file:
                piece = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (no mapping)
                return piece if (file.metadata() or {}).get("sha256") == _digest(piece) else None
        except (OSError, SafetensorError):
            return None

    def save(self, name: str, piece: Piece) -> None:
        """Keep a piece under the name."""
        piece = {key: tensor.contiguous() for key, tensor in piece.items()}
        with store.writing(self._path(name)) as temporary:
            save_file(piece, temporary, metadata={"sha256": _digest(piece)})
        self._done.add(name)

    def share(self, names: Sequence[str], make: Callable[[int], Piece], place: Place, on_step: OnStep | None) -> None:
        """Make what is missing of the pieces together with the other processes of `place`, and wait for all of them.

        The leading process says what is missing, so that all take turns at one list, and what was stopped half way is
        shared as evenly as what begins.
        """
        told = [[i for i, name in enumerate(names) if self.load(name) is None] if place.leads else []]
        distributed.broadcast_object_list(told)
        for turn, i in enumerate(told[0]):
            if turn % place.world == place.rank:
                self.save(names[i], make(i))
                if on_step:
                    on_step(len(names) - len(told[0]) + turn + 1, len(names))
        distributed.barrier()
        self._done.update(names)
        if on_step:
            on_step(len(names), len(names))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"


def pieces(
    names: Sequence[str],
    make: Callable[[int], Piece],
    *,
    kept: Kept | None,
    place: Place,
    on_step: OnStep | None = None,
) -> Iterator[Piece]:
    """Piece after piece, found or made. Several processes make them in turns, and then every one reads all.

    Args:
        names: of the pieces; one name means one content.
        make: the piece number i.
        kept: where each is written as soon as it is made; None keeps nothing, and every process makes all.
        place: this process among several, which see one folder.
        on_step: called as `on_step(done, total)` with pieces.
    """
    if kept is not None and place.world > 1:
        kept.share(names, make, place, on_step)
        on_step = None  # has been told
    for i, name in enumerate(names):
        piece = None if kept is None else kept.load(name)
        if piece is None:
            piece = make(i)
            if kept is not None:
                kept.save(name, piece)
        if on_step:
            on_step(i + 1, len(names))
        yield piece


def _digest(piece: Piece) -> str:
    """Of names, shapes and numbers: the format itself does not notice a changed number."""
    digest = hashlib.sha256()
    for name, tensor in sorted(piece.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
