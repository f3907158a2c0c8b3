"""Where a split of the channels can come from: the paper's own source, and those that test what it means."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.analysis.channels.agreement import weight_mask
from core.analysis.paper.after_relu import AfterReLU
from core.analysis.split import features, linear_tail, random_mask, wrong_labels
from core.datasets import Dataset
from core.distillation import Bottleneck, Distilled
from core.seeding import generator
from core.types import Classifier, Features, Labels

SOURCES = {
    "true": "the image's true label, as in the paper",
    "predicted": "what the network predicts of the clean image: no label is leaked",
    "wrong": "a wrong label, drawn uniformly",
    "runner-up": "the most probable wrong label",
    "weights": "no optimization: channels whose weight for the true label exceeds their mean weight",
    "random": "the same number of channels, drawn at random",
    "same class": "the split of another image of the same class",
    "other class": "the split of an image of another class",
    "after ReLU": "the true label, noise added after the ReLU instead of before",
}
LINEAR = ("weights", "after ReLU")  # only for a network with a linear tail


@dataclass(frozen=True)
class Split:
    """One split of a batch.

    Args:
        robust: the channels, (m, c) bool.
        supplied: the label whose knowledge is in it, (m,); the true one where none is.
        there: which images have one, (m,) bool; the others are left out.
    """

    robust: Tensor
    supplied: Labels
    there: Tensor


@dataclass(frozen=True)
class Splitter:
    """Makes every source's split of some images of a data set.

    Args:
        model: in eval mode.
        data: all images that count, on the model's device; the split of another image is that of any of these.
        bottleneck: the distiller; its tolerance is that of every split.
        seed: of noise, wrong labels and random masks.
    """

    model: Classifier
    data: Dataset
    bottleneck: Bottleneck
    seed: int

    def splits(self, rows: Tensor, z: Features) -> dict[str, Split]:
        """By source, for the images at positions `rows` (m,) with features `z` (m, c, h, w) at the cut.

        A network without a linear tail lacks two.
        """
        at, y = self.bottleneck.cut, self.data.labels[rows]
        with torch.no_grad():
            logits = self.model.head(z, at)
        rivals = logits.scatter(1, y[:, None], -torch.inf).argmax(dim=1)
        wrong = wrong_labels(y, logits.shape[1], self.seed, rows)
        labels = {"true": y, "predicted": logits.argmax(dim=1), "wrong": wrong, "runner-up": rivals}
        made = {source: self._distilled(z, given) for source, given in labels.items()}
        robust, supplied = {source: split.robust for source, split in made.items()}, dict(labels)
        if (linear := linear_tail(self.model, at)) is not None:
            robust["weights"] = weight_mask(linear, y)
            after = replace(self.bottleneck, cut=None).of_features(
                AfterReLU(self.model, at), z.relu(), y, seed=self.seed
            )
            robust["after ReLU"] = after.robust
        draws = [generator(self.seed, "random mask", row) for row in rows.tolist()]
        robust["random"] = random_mask(robust["true"], draws)
        everywhere = torch.ones_like(y, dtype=torch.bool)
        found = {source: Split(mask, supplied.get(source, y), everywhere) for source, mask in robust.items()}
        found["same class"] = self._of_others(rows, made["true"], same=True)
        found["other class"] = self._of_others(rows, made["true"], same=False)
        return {source: found[source] for source in SOURCES if source in found}

    def _distilled(self, z: Features, labels: Labels) -> Distilled:
        return self.bottleneck.of_features(self.model, z, labels, seed=self.seed)

    def _of_others(self, rows: Tensor, true: Distilled, *, same: bool) -> Split:
        """For each image the true label's split of another; of one outside the batch it is made here."""
        others = partners(self.data.labels, rows, same=same)
        there, first = others >= 0, int(rows[0])
        outside = others[there & ((others < first) | (others > int(rows[-1])))].unique()
        masks = {int(row): mask for row, mask in zip(rows, true.robust, strict=True)}
        if len(outside):
            z = features(self.model, self.data.images[outside], self.bottleneck.cut)
            far = self._distilled(z, self.data.labels[outside])
            shared = self.bottleneck.tolerance == "batch"  # then the threshold of the batch that is read holds
            robust = far.noise_variance > true.tolerance[:1] if shared else far.robust
            masks |= {int(row): mask for row, mask in zip(outside, robust, strict=True)}
        nothing = torch.zeros_like(true.robust[0])
        robust = torch.stack([masks.get(int(other), nothing) for other in others])
        return Split(robust, self.data.labels[others.clamp(min=0)], there.to(robust.device))


def partners(y: Labels, rows: Tensor, *, same: bool) -> Tensor:
    """For each position of `rows` the next one, round, with the same label in `y` (n,) or with another; -1 if none is.

    It is never the image itself.
    """
    y = y.cpu()
    found = []
    for row in rows.tolist():
        ahead = y.roll(-row - 1)[:-1]  # the others, nearest first
        fits = ((ahead == y[row]) == same).nonzero()
        found.append((row + 1 + int(fits[0])) % len(y) if len(fits) else -1)
    return torch.tensor(found)
