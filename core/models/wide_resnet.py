import torch
from torch import Tensor, nn

from core.models.staged import MODELS, Normalize, PooledLinear, Staged, scaled

DROPOUT = 0.3


@MODELS.register("wrn28_10", title="WRN-28-10")
def wrn28_10(*, num_classes: int, image_size: int, width: float = 1.0) -> Staged:
    """WRN-28-10: three groups of four pre-activation blocks, 160, 320 and 640 channels, dropout 0.3 inside a block.

    The default cut is the last batch norm, before its ReLU: (n, 640 width, s/4, s/4) for images of side s.
    Zagoruyko and Komodakis 2016, arXiv:1605.07146, table 1 and sec. 2.4; 36,479,194 parameters at width 1.

    Args:
        num_classes: of the logits.
        image_size: side in pixels, a multiple of 4.
        width: factor on the three groups' channels; the first convolution keeps its 16.
    """
    w1, w2, w3 = (scaled(channels, width) for channels in (160, 320, 640))
    stages = [
        ("conv1", nn.Sequential(Normalize(), nn.Conv2d(3, 16, 3, padding=1, bias=False))),
        ("block1", _group(16, w1, stride=1)),
        ("block2", _group(w1, w2, stride=2)),
        ("block3", _group(w2, w3, stride=2)),
        ("norm", nn.BatchNorm2d(w3)),
        ("classifier", PooledLinear(w3, num_classes, max_pool=False)),
    ]
    return _initialized(Staged(stages, default_cut="norm"))


class PreActivationBlock(nn.Module):
    """Batch norm, ReLU, convolution, twice, dropout between, added to the input (1x1 convolution at a new width)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.dropout = nn.Dropout(DROPOUT)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs or stride != 1 else None

    def forward(self, x: Tensor) -> Tensor:
        activated = torch.relu(self.bn1(x))
        out = self.dropout(torch.relu(self.bn2(self.conv1(activated))))
        return self.conv2(out) + (x if self.shortcut is None else self.shortcut(activated))


def _group(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    first = PreActivationBlock(inputs, outputs, stride)
    return nn.Sequential(first, *(PreActivationBlock(outputs, outputs, 1) for _ in range(3)))


def _initialized(model: Staged) -> Staged:
    if next(model.parameters()).is_meta:  # shapes only: drawing here would import the compiler, which takes seconds
        return model
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return model
