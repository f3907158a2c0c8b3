from pathlib import Path

import torch

from core.datasets.base import DATASETS, Dataset, Split, as_images
from core.types import InputError


@DATASETS.register("cifar10")
def cifar10(split: Split, root: Path) -> Dataset:
    """CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images, 32x32, 10 classes, read by torchvision."""
    from torchvision.datasets import CIFAR10

    try:
        source = CIFAR10(str(root), train=split == "train", download=False)
    except RuntimeError as error:
        raise InputError(f"CIFAR-10 is not in {root}; run `python -m core data fetch cifar10`.") from error
    return Dataset(
        name="cifar10",
        split=split,
        images=as_images(torch.from_numpy(source.data)),
        labels=torch.tensor(source.targets),
        class_names=tuple(source.classes),
        epsilon=0.03,
    )
