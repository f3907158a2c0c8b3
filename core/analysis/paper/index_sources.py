"""Where a split of the channels can come from: the paper's own source, and those that test what it means."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.analysis.channels.agreement import weight_mask
from core.analysis.paper.after_relu import AfterReLU
from core.analysis.split import linear_tail, random_mask, wrong_labels
from core.distillation import Bottleneck
from core.seeding import generator
from core.types import Classifier, Features, Labels

SOURCES = {
    "true": "the image's true label, as in the paper",
    "predicted": "what the network predicts of the clean image: no label is leaked",
    "wrong": "a wrong label, drawn uniformly",
    "runner-up": "the most probable wrong label",
    "weights": "no optimization: channels whose weight for the true label exceeds their mean weight",
    "random": "as many channels as the true label's split has, by lot",
    "same class": "the split of another image of the same class",
    "other class": "the split of an image of another class",
    "after ReLU": "the true label, noise added after the ReLU instead of before",
}


@dataclass(frozen=True)
class Index:
    """One split of a batch.

    Args:
        robust: the channels, (n, c) bool.
        supplied: the label whose knowledge is in it, (n,); the true one where none is.
    """

    robust: Tensor
    supplied: Labels


def indices(
    model: Classifier, z: Features, y: Labels, bottleneck: Bottleneck, *, seed: int, start: int
) -> dict[str, Index]:
    """Every source's split of features `z` (n, c, h, w) at the cut; a network without a linear tail lacks two.

    Args:
        y: true labels, (n,).
        bottleneck: the distiller; its tolerance is that of every split.
        seed: of noise, wrong labels and random masks.
        start: position of the first image, so that what is drawn for a batch is its own.
    """
    at = bottleneck.cut
    with torch.no_grad():
        logits = model.head(z, at)
    rivals = logits.scatter(1, y[:, None], -torch.inf).argmax(dim=1)
    wrong = wrong_labels(y.cpu(), logits.shape[1], seed + start).to(y.device)

    def distilled(labels: Labels) -> Index:
        return Index(bottleneck.of_features(model, z, labels, seed=seed).robust, labels)

    found = {"true": distilled(y), "predicted": distilled(logits.argmax(dim=1))}
    found |= {"wrong": distilled(wrong), "runner-up": distilled(rivals)}
    true = found["true"].robust
    if (linear := linear_tail(model, at)) is not None:
        found["weights"] = Index(weight_mask(linear, y), y)
        after = replace(bottleneck, cut=None).of_features(AfterReLU(model, at), z.relu(), y, seed=seed)
        found["after ReLU"] = Index(after.robust, y)
    found["random"] = Index(random_mask(true, generator(seed, "random mask", start)), y)
    for name, rows in (("same class", partners(y, same=True)), ("other class", partners(y, same=False))):
        found[name] = Index(true[rows], y[rows])
    return found


def partners(y: Labels, *, same: bool) -> Tensor:
    """For each image the next one of its batch, round, with the same label or with another, (n,); itself if none is."""
    n = len(y)
    ahead = (torch.arange(n)[:, None] + torch.arange(1, n)[None, :]) % n  # row i: the others, nearest first
    fits = (y.cpu()[ahead] == y.cpu()[:, None]) == same
    first = ahead.gather(1, fits.int().argmax(dim=1, keepdim=True)).squeeze(1) if n > 1 else torch.zeros(n).long()
    return torch.where(fits.any(dim=1), first, torch.arange(n)).to(y.device)
