from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from core.datasets.base import DATASETS, Dataset, DatasetInfo, Split, described
from core.seeding import generator
from core.types import Labels

TEST_COUNT = 500

INFO = DatasetInfo(
    title="Digits",
    image_size=32,
    num_classes=10,
    train_count=1_297,
    test_count=TEST_COUNT,
    epsilon=0.1,
    citation="E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI 1998; as in scikit-learn",
    embedded=True,
    flip=False,
)


@DATASETS.register("digits")
@described(INFO)
def digits(split: Split, root: Path) -> Dataset:
    """Handwritten digits of scikit-learn: 1,797 real 8x8 gray images, enlarged bilinearly to 32x32 RGB.

    1,297 train and 500 test images, the same for everyone: `held_out_rows` chooses them, stratified by class.
    """
    from sklearn.datasets import load_digits

    source = load_digits()
    labels = torch.from_numpy(source.target).long()
    test = held_out_rows(labels)
    rows = test if split == "test" else rows_without(test, len(labels))
    gray = torch.from_numpy(source.images[rows]).float()[:, None] / 16
    images = interpolate(gray, size=(32, 32), mode="bilinear", align_corners=False)
    return Dataset(
        name="digits",
        split=split,
        images=images.clamp_(0, 1).repeat(1, 3, 1, 1),
        labels=labels[rows],
        class_names=tuple(str(name) for name in source.target_names),
        epsilon=INFO.epsilon,
    )


def held_out_rows(labels: Labels) -> Tensor:
    """The 500 rows of the test split, ascending: every 3.594th of the rows sorted by class, in a shuffle of seed 0."""
    shuffled = torch.randperm(len(labels), generator=generator(0, "digits"))
    by_class = shuffled[labels[shuffled].argsort(stable=True)]
    return by_class[torch.arange(TEST_COUNT) * len(labels) // TEST_COUNT].sort().values


def rows_without(rows: Tensor, count: int) -> Tensor:
    """All of `range(count)` but `rows`, ascending."""
    keep = torch.ones(count, dtype=torch.bool)
    keep[rows] = False
    return keep.nonzero().flatten()
