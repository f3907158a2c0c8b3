from pathlib import Path

import torch

from core.datasets.base import DATASETS, Dataset, DatasetInfo, Download, Split, as_images, described
from core.errors import InputError
from core.types import Images, Labels

HOST = "http://ufldl.stanford.edu/housenumbers"

INFO = DatasetInfo(
    title="SVHN",
    image_size=32,
    num_classes=10,
    train_count=73_257,
    test_count=26_032,
    epsilon=0.03,
    citation="Y. Netzer et al., Reading digits in natural images with unsupervised feature learning, 2011",
    downloads=(
        Download(
            url=f"{HOST}/train_32x32.mat",
            md5="e26dedcc434d2e4c54c9b2d4a06d8373",
            megabytes=174,
            publishes="train_32x32.mat",
            archive=False,
        ),
        Download(
            url=f"{HOST}/test_32x32.mat",
            md5="eb5a983be6a315427106f1b164d9cef3",
            megabytes=61,
            publishes="test_32x32.mat",
            archive=False,
        ),
    ),
)


def at_hand(root: Path) -> bool:
    """Whether both files lie in `root`."""
    return all((root / download.publishes).is_file() for download in INFO.downloads)


@DATASETS.register("svhn")
@described(INFO, at_hand)
def svhn(split: Split, root: Path) -> Dataset:
    """Street View House Numbers, cropped digits: 73,257 training and 26,032 test images, 32x32, without `extra`."""
    path = root / f"{split}_32x32.mat"
    if not path.is_file():
        raise InputError(f"SVHN's {path.name} is not in {root}; run `python -m core data fetch svhn`.")
    images, labels = read_mat(path)
    return Dataset(
        name="svhn",
        split=split,
        images=images,
        labels=labels,
        class_names=tuple(str(digit) for digit in range(10)),
        epsilon=INFO.epsilon,
    )


def read_mat(path: Path) -> tuple[Images, Labels]:
    """Images and labels of a file in the original layout: X uint8 (32, 32, 3, n), y (n, 1) with 10 for the digit 0.

    Raises:
        InputError: not such a file.
    """
    from scipy.io import loadmat

    damaged = f"{path} is not SVHN's original file; remove it and run `python -m core data fetch svhn`."
    try:
        content = loadmat(path, variable_names=("X", "y"))
    except Exception as error:  # the reader answers damage with whatever its parts raise
        raise InputError(damaged) from error
    x, y = content.get("X"), content.get("y")
    if x is None or y is None or x.shape != (32, 32, 3, y.size) or x.dtype != "uint8":
        raise InputError(damaged)
    labels = torch.from_numpy(y.astype("int64")).flatten() % 10
    return as_images(torch.from_numpy(x).permute(3, 0, 1, 2)), labels
