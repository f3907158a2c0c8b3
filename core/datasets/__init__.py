"""Data sets through `load_dataset(name, split)`. A new one is a file and a line here."""

from core.datasets import cifar10, digits, folder, shapes, svhn, tiny_imagenet  # noqa: F401  (fill the registry)
from core.datasets.base import DATASETS, Dataset, DatasetInfo, count_classes, is_available, load_dataset
from core.datasets.upload import read_image

__all__ = ["DATASETS", "Dataset", "DatasetInfo", "count_classes", "is_available", "load_dataset", "read_image"]
