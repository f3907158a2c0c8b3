"""Which images make up step s of a training: a function of the seed and of s, so that any step can be made again."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.datasets import Dataset
from core.device import Place
from core.errors import InputError
from core.seeding import generator
from core.training.augmentation import Augmentation
from core.types import Images, Labels


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of a training, in an order that is drawn anew for every epoch; what does not fill one is left out.

    Args:
        images: (n, c, h, w), on the device of the network.
        labels: (n,), there too.
        batch_size: over all processes together.
        augmentation: None leaves the images as they are.
        seed: of order and augmentation.
        place: whose share of every batch this is.
    """

    images: Images
    labels: Labels
    batch_size: int
    augmentation: Augmentation | None
    seed: int
    place: Place

    @classmethod
    def of(
        cls, data: Dataset, batch_size: int, augmentation: Augmentation | None, seed: int, place: Place
    ) -> "Batches":
        """Batches of a data set, moved to the place's device; of all its images where there are fewer than a batch.

        Raises:
            InputError: no images, or a batch that does not divide over the processes.
        """
        if not len(data):
            raise InputError(f"The training set of {data.name} holds no images.")
        batch_size = min(batch_size, len(data))
        if batch_size % place.world:
            raise InputError(
                f"A batch of {batch_size} does not divide over {place.world} processes; change --batch-size."
            )
        images, labels = data.images.to(place.device), data.labels.to(place.device)
        return cls(
            images=images, labels=labels, batch_size=batch_size, augmentation=augmentation, seed=seed, place=place
        )

    @property
    def per_epoch(self) -> int:
        """Steps in an epoch."""
        return len(self.labels) // self.batch_size

    def __call__(self, step: int) -> tuple[Images, Labels]:
        """This process's images and labels of step `step`, counted from 0 over all epochs; channels last."""
        epoch, position = divmod(step, self.per_epoch)
        rows = self.order(epoch)[position * self.batch_size :][: self.batch_size].to(self.labels.device)
        x = self.images[rows]
        if self.augmentation is not None:
            x = self.augmentation(x, generator=generator(self.seed, "augmentation", step))
        return self.place.share(x).contiguous(memory_format=torch.channels_last), self.place.share(self.labels[rows])

    def order(self, epoch: int) -> Tensor:
        """The rows of the data in the order of one epoch, (n,)."""
        return torch.randperm(len(self.labels), generator=generator(self.seed, "order", epoch))
