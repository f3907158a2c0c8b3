"""The same network cut one step later: noise cannot push a silent channel up before the ReLU any more."""

import torch
from torch import nn

from core.analysis.split import linear_tail
from core.errors import InputError
from core.types import Classifier, Features, Images, Logits


class AfterReLU(nn.Module):
    """A network with a pooled linear tail, cut behind the tail's ReLU; the head has none.

    With noise before the ReLU, more of it raises the mean activation of a channel whatever the image shows; behind it,
    noise of mean zero leaves the mean where it is.

    Args:
        model: in eval mode.
        at: the cut before the ReLU; None is the model's default.
    Raises:
        InputError: another tail.
    """

    def __init__(self, model: Classifier, at: str | None = None) -> None:
        super().__init__()
        linear = linear_tail(model, at)
        if linear is None:
            raise InputError("Noise after the ReLU needs a pooled linear tail; choose the model's default cut.")
        self.model, self.at, self.linear = model, at, linear
        self.max_pool = model.tail(at)[0].max_pool  # type: ignore[attr-defined]
        self.default_cut = "after_relu"
        self.cuts: tuple[str, ...] = (self.default_cut,)
        self.eval()

    def features(self, x: Images, at: str | None = None) -> Features:
        """Rectified features, (n, c, h, w)."""
        return torch.relu(self.model.features(x, self.at))

    def head(self, z: Features, at: str | None = None) -> Logits:
        """Logits (n, k): pool and linear layer."""
        z = nn.functional.max_pool2d(z, 2, 2) if self.max_pool else z
        return self.linear(z.mean(dim=(2, 3)))

    def forward(self, x: Images) -> Logits:
        return self.head(self.features(x))
