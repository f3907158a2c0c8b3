"""What takes long of one explanation is kept, under all that decides it: the attacked image, the distiller's rows."""

import hashlib
import json
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import torch
from torch import Tensor

from core import store
from core.analysis.explain.one_pass import Case, Row, learn
from core.analysis.kept import Kept
from core.attacks import ATTACKS, Attack
from core.config import to_dict
from core.models import ModelCard
from core.types import Images, OnStep

VERSION = 1  # of what a piece holds and how it comes about


def archive() -> Kept:
    """Where this machine keeps it."""
    return Kept(store.runs_root() / "kept")


def attacked_name(card: ModelCard, x: Images, label: int, attack: Attack, seed: int, index: int) -> str:
    """Of the image `x` (1, c, h, w), attacked away from a label, with the start of the image at `index`."""
    config = [to_dict(attack), label, seed, index]
    return _name(card, f"explain-{ATTACKS.name_of(attack)}", config, x)


def attacked_image(kept: Kept, name: str, make: Callable[[], Images]) -> Images:
    """The attacked image, found or made and kept."""
    if (found := kept_image(kept, name)) is not None:
        return found[0]
    begun = perf_counter()
    x_adv = make().cpu()
    kept.save(name, {"x_adv": x_adv, "seconds": _seconds_since(begun)})
    return x_adv


def kept_image(kept: Kept, name: str) -> tuple[Images, float] | None:
    """The attacked image and how many seconds it took; None where it is not kept."""
    piece = kept.load(name)
    return None if piece is None else (piece["x_adv"], float(piece["seconds"]))


class Wanted(NamedTuple):
    """Rows that are wanted of an image, and by which they are found again: which network, and the images' pixels.

    Args:
        case: the pair and the distiller.
        rows: of it.
        card: of the network.
        x, x_adv: the images, (1, c, h, w).
        random: whether it is the network with random weights.
    """

    case: Case
    rows: Sequence[Row]
    card: ModelCard
    x: Images
    x_adv: Images
    random: bool = False

    @property
    def parts(self) -> dict[str, list[Row]]:
        """Those of the clean and those of the attacked image, by the names under which they are kept."""
        once = dict.fromkeys(self.rows)
        sides = ((self.x, [r for r in once if not r.attacked]), (self.x_adv, [r for r in once if r.attacked]))
        return {self._name(x, rows): rows for x, rows in sides if rows}

    def _name(self, x: Images, rows: list[Row]) -> str:
        distiller = self.case.bottleneck
        plain = to_dict(distiller) | dict.fromkeys(("beta", "kl_reduction", "tolerance"))  # the rows say these
        config = [plain | {"cut": distiller.cut or self.card.cut}, [list(row) for row in rows]]
        return _name(self.card, "explain-random" if self.random else "explain-rows", config, x)


def kept_rows(kept: Kept, wanted: Wanted) -> tuple[dict[Row, Tensor], float] | None:
    """sigma^2 (c,) of every row, and how many seconds their pass took; None where one of them is not kept."""
    found: dict[Row, Tensor] = {}
    seconds = 0.0
    for name, rows in wanted.parts.items():
        if (piece := kept.load(name)) is None:
            return None
        found |= zip(rows, piece["noise"], strict=True)
        seconds = float(piece["seconds"])
    return found, seconds


def learned(kept: Kept, wanted: Sequence[Wanted], on_step: OnStep | None = None) -> list[dict[Row, Tensor]]:
    """sigma^2 (c,) of all rows that are wanted, found, or learned in one pass and kept."""
    there = [kept_rows(kept, each) for each in wanted]
    found = [None if each is None else each[0] for each in there]
    missing = [k for k, rows in enumerate(found) if rows is None]
    if missing:
        begun = perf_counter()
        made = learn(
            wanted[0].case.bottleneck, [(wanted[k].case.pair, wanted[k].rows) for k in missing], on_step=on_step
        )
        for k, noise in zip(missing, made, strict=True):
            found[k] = noise
            for name, rows in wanted[k].parts.items():
                piece = {"noise": torch.stack([noise[row] for row in rows]).cpu(), "seconds": _seconds_since(begun)}
                kept.save(name, piece)
    return [rows for rows in found if rows is not None]


def _seconds_since(begun: float) -> Tensor:
    return torch.tensor(perf_counter() - begun, dtype=torch.float64)


def _name(card: ModelCard, kind: str, config: list[Any], x: Images) -> str:
    digest = hashlib.sha256(json.dumps([VERSION, card.sha256, *config], sort_keys=True).encode())
    digest.update(x.cpu().contiguous().numpy().tobytes())
    return f"{card.name}-{card.sha256[:12]}/{kind}-{digest.hexdigest()[:32]}"
