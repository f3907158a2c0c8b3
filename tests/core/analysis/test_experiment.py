"""A subject's data speak of the model's classes, whatever lies on the disk."""

from dataclasses import replace

import pytest
import torch

from core.analysis.experiment import Subject, matched
from core.datasets import Dataset
from core.errors import InputError
from tests.core.analysis.conftest import NAMES, Bench


def with_classes(bench: Bench, *names: str) -> Dataset:
    labels = torch.arange(5) % len(names)
    return replace(bench.data, labels=labels, class_names=names)


def test_classes_are_found_by_name(bench: Bench) -> None:
    data = matched(with_classes(bench, NAMES[1], NAMES[0]), bench.card)
    assert data.class_names == NAMES
    assert data.labels.tolist() == [1, 0, 1, 0, 1]
    assert data.images is bench.data.images
    assert matched(bench.data, bench.card) is bench.data


def test_a_class_that_the_model_does_not_know_is_named(bench: Bench) -> None:
    with pytest.raises(InputError, match="toy-vgg16-adv knows the classes cat, dog, .*but toy has horse beside"):
        matched(with_classes(bench, "cat", "horse"), bench.card)


def test_of_many_classes_the_first_are_named(bench: Bench) -> None:
    with pytest.raises(InputError, match="0, 1, 2, 3, 4 and 195 more"):
        matched(with_classes(bench, *map(str, range(200))), bench.card)


def test_images_of_another_size_are_refused(bench: Bench) -> None:
    large = replace(bench.data, images=torch.zeros(5, 3, 64, 64))
    with pytest.raises(InputError, match="takes images of 32 pixels, but those of toy have 64"):
        matched(large, bench.card)


def test_a_subject_is_a_shipped_model_on_its_test_images() -> None:
    subject = Subject.load("digits-vgg16-adv", None, "cpu")
    assert (subject.card.name, subject.data.name, subject.data.split) == ("digits-vgg16-adv", "digits", "test")
    assert len(subject.first(7)) == 7
    assert subject.twin is subject.twin
    assert not subject.twin.training
    with pytest.raises(InputError, match="got n = 0"):
        subject.first(0)
    with pytest.raises(InputError, match="images 0 to"):
        subject.image(-1)
