from pathlib import Path

import torch

from core.datasets.base import DATASETS, Dataset, DatasetInfo, Download, Split, as_images, described
from core.errors import InputError

INFO = DatasetInfo(
    title="CIFAR-10",
    image_size=32,
    num_classes=10,
    train_count=50_000,
    test_count=10_000,
    epsilon=0.03,
    citation="A. Krizhevsky, Learning multiple layers of features from tiny images, 2009",
    downloads=(
        Download(
            url="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            md5="c58f30108f718f92721af3b95e74349a",
            megabytes=163,
            publishes="cifar-10-batches-py",
        ),
    ),
)


def at_hand(root: Path) -> bool:
    """Whether the unpacked batches lie in `root`; their hashes are checked on loading."""
    names = ("batches.meta", "test_batch", *(f"data_batch_{i}" for i in range(1, 6)))
    return all((root / "cifar-10-batches-py" / name).is_file() for name in names)


@DATASETS.register("cifar10")
@described(INFO, at_hand)
def cifar10(split: Split, root: Path) -> Dataset:
    """CIFAR-10: 50,000 training and 10,000 test images, 32x32, 10 classes.

    The original files are pickles. torchvision opens them only after comparing each with its published hash.
    """
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
        epsilon=INFO.epsilon,
    )
