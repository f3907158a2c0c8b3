"""Checks of what a network answers, before any attack: its mode, chance in its answers, probabilities for logits."""

import torch
from torch import nn

from core.attacks.diagnostics.diagnosis import Diagnosis, diagnosis
from core.types import Classifier, Images

REPEATS = 5
RELATIVE = 1e-3  # of the largest logit: above rounding, which on a GPU depends on the order of sums
SUM = 1e-3  # by which probabilities may miss 1


def training_mode(model: Classifier) -> Diagnosis:
    """How many modules are in training mode: their answers depend on the batch, or on chance."""
    modules = list(model.modules()) if isinstance(model, nn.Module) else [model]
    number = sum(module.training for module in modules)
    return diagnosis(
        "training mode", number, 0,
        "The whole network is in eval mode.",
        f"{number} of {len(modules)} modules are in training mode, so that an answer depends on its batch or on chance "
        "and no attack can be judged; call .eval() on the network.",
    )  # fmt: skip


@torch.no_grad()
def random_output(model: Classifier, x: Images) -> Diagnosis:
    """How far answers to the same batch differ, relative to the largest logit."""
    first, *others = (model(x) for _ in range(REPEATS))
    apart = max(float((other - first).abs().max()) for other in others)
    number = apart / max(float(first.abs().max()), torch.finfo(first.dtype).tiny)
    return diagnosis(
        "random output", number, RELATIVE,
        "Asked again, the network answers the same.",
        "The network answers the same images differently each time, so a single gradient misleads; attack the "
        "expectation over its randomness (average the gradient of many draws), and report several seeds.",
    )  # fmt: skip


@torch.no_grad()
def probabilities(model: Classifier, x: Images) -> Diagnosis:
    """Share of the images for which the answer is a probability vector instead of logits."""
    answer = model(x)
    share = ((answer >= 0).all(dim=1) & ((answer.sum(dim=1) - 1).abs() <= SUM)).float().mean()
    return diagnosis(
        "probabilities", float(share), 0.5,
        "The network answers with logits.",
        "The network answers with probabilities: a cross-entropy that takes another softmax of them has small, wrong "
        "gradients and rounds to 0; attack the logits, before the softmax.",
    )  # fmt: skip
