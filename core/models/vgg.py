from torch import nn

from core.models.staged import MODELS, Normalize, PooledLinear, Staged, scaled

BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


@MODELS.register("vgg16", title="VGG-16")
def vgg16(*, num_classes: int, image_size: int, width: float = 1.0) -> Staged:
    """VGG-16 with batch norm for small images: 13 convolutions, 5 max-pools, one linear layer.

    Every stage ends after a convolution and its batch norm, before the ReLU; the default cut is the last of them
    (conv5_3; NeurIPS 2021, "the last convolutional layer"): (n, 512 width, s/16, s/16) for images of side s.
    Simonyan and Zisserman 2015, arXiv:1409.1556, table 1, column D; 14,728,266 parameters at width 1 and 10 classes.

    Args:
        num_classes: of the logits.
        image_size: side in pixels, a multiple of 32.
        width: factor on every number of channels.
    """
    stages: list[tuple[str, nn.Module]] = []
    previous = 3
    for b, block in enumerate(BLOCKS, start=1):
        for c, channels in enumerate(block, start=1):
            layers = _entry(first_of_net=not stages, first_of_block=c == 1)
            layers += [nn.Conv2d(previous, scaled(channels, width), 3, padding=1)]
            previous = scaled(channels, width)
            stages.append((f"conv{b}_{c}", nn.Sequential(*layers, nn.BatchNorm2d(previous))))
    stages.append(("classifier", PooledLinear(previous, num_classes, max_pool=True)))
    return _initialized(Staged(stages, default_cut="conv5_3"))


def _entry(first_of_net: bool, first_of_block: bool) -> list[nn.Module]:
    if first_of_net:
        return [Normalize()]
    return [nn.ReLU(), nn.MaxPool2d(2, 2)] if first_of_block else [nn.ReLU()]


def _initialized(model: Staged) -> Staged:
    if next(model.parameters()).is_meta:  # shapes only: drawing here would import the compiler, which takes seconds
        return model
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            nn.init.constant_(module.bias, 0)  # type: ignore[arg-type]  # every convolution here has one
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
            nn.init.zeros_(module.bias)
    return model
