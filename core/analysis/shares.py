"""One attack on many images, shared by the processes that torchrun started."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed

from core.attacks import Attack, Kept
from core.attacks.evaluation import attack_rows
from core.attacks.outcome import Attacked
from core.device import Place
from core.types import Classifier, Images, Labels


def attack_shared(
    model: Classifier, attack: Attack, x: Images, y: Labels, rows: Tensor, place: Place, path: Path, **options: Any
) -> Attacked:
    """Attack some of the images, every process its own, and gather what all of them did.

    Each process keeps its share in a file of its own; at the end the leading one joins them in the file at `path`. A
    run of another number of processes finds that file, but not the shares of one that was stopped.

    Args:
        rows: positions of the images, (m,), for all processes alike.
        place: which of how many processes this is.
        path: of the file that keeps what is done; what lies there already is not attacked again.
        model, attack, x, y, options: as for `core.attacks.evaluation.attack_rows`.
    """
    before = Kept(path).load()
    own = Kept(path.with_name(f"{path.stem}.{place.rank}of{place.world}{path.suffix}"))
    mine = rows[(rows % place.world == place.rank) & ~torch.isin(rows, before.rows.to(rows.device))]
    done = attack_rows(model, attack, x, y, mine, kept=own, **options)
    shares: list[Any] = [None] * place.world
    distributed.all_gather_object(shares, done)
    joined = Attacked.joined([before, *(share.without(before.rows) for share in shares)])
    if place.leads:
        Kept(path).save(joined)
    own.drop()
    return joined
