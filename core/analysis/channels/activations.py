"""What every image puts into the linear layer, small enough to ship: an edit of the network needs nothing else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from core.analysis.channels.surgery import Surgery
    from core.analysis.results import StoredResult
    from core.models import Staged

LEVELS = 255  # steps of an unsigned byte
TABLE = "activations"


def steps_of(pooled: Mapping[str, "Tensor"]) -> NDArray[np.floating]:
    """What one step of the stored bytes is worth, (c,): the largest activation of a channel over LEVELS."""
    largest = np.max([values.cpu().numpy().max(axis=0) for values in pooled.values()], axis=0)
    return np.where(largest > 0, largest, 1) / LEVELS


def activation_table(robust: "Tensor", pooled: Mapping[str, "Tensor"]) -> pd.DataFrame:
    """A row an image and channel: `index`, `channel`, `robust`, and of each of `pooled` how many steps high it is.

    Rounding to the nearest of 255 steps moves an activation by at most half of one, 0.2 % of the channel's largest.

    Args:
        robust: masks, (n, c) bool.
        pooled: name -> non-negative activations (n, c).
    """
    n, c = robust.shape
    steps = steps_of(pooled) if pooled else np.ones(c)
    columns = {name: np.rint(values.cpu().numpy() / steps).astype(np.uint8) for name, values in pooled.items()}
    place = {"index": np.repeat(np.arange(n), c), "channel": np.tile(np.arange(c), n)}
    values = {name: column.ravel() for name, column in columns.items()}
    return pd.DataFrame({**place, "robust": robust.cpu().numpy().ravel(), **values})


def stored_masks(result: "StoredResult") -> NDArray[np.bool_]:
    """Which channels of which image are robust under the first seed, (n, c)."""
    return result.table(TABLE)["robust"].to_numpy().reshape(result.summary["n"], -1)


def stored_surgery(result: "StoredResult", model: "Staged") -> "Surgery | None":
    """Edits of the network on the images of a stored result, which need not be here.

    Args:
        result: of `core.analysis.channels.experiment.Assignment`.
        model: the one that the result was made of.
    Returns:
        None where no pooled linear layer follows the cut: an edit then needs the whole feature maps.
    """
    import torch

    from core.analysis.channels.surgery import Surgery

    if "clean" not in (table := result.table(TABLE)):
        return None
    steps = result.table("channels")["activation_step"].to_numpy()
    device = next(model.parameters()).device
    pooled = (table[name].to_numpy().reshape(-1, len(steps)) * steps for name in ("clean", "attacked"))
    clean, attacked = (torch.from_numpy(values.astype(np.float32)).to(device) for values in pooled)
    y = torch.from_numpy(result.table("images")["label"].to_numpy(copy=True)).to(device)
    return Surgery(model, clean, attacked, y, result.config["bottleneck"]["cut"])
