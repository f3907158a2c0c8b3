"""Checks of the gradient that attacks follow: is there one, and does the loss go where it points?"""

from functools import partial

import torch
from torch import Tensor

from core.attacks.diagnostics.diagnosis import Diagnosis, diagnosis, percent
from core.attacks.losses import cross_entropy, input_gradient, margin
from core.attacks.threat import l2_norm
from core.seeding import generator
from core.types import Classifier, Images, Labels

VANISHING = 1e-12  # L2 norm over an image: an optimizer with an epsilon of its own sees nothing below
STEP = 1e-3  # pixel units, a quarter of a gray level: no honest network waits for more
TINY_STEP = 1e-5  # what a rounding to gray levels swallows on almost every pixel, and single precision does not
MOST = 0.1  # share of the images that may fail


def zero_gradient(model: Classifier, x: Images, y: Labels) -> Diagnosis:
    """Share of the images whose gradient of the cross-entropy is exactly zero, vanishing or not finite."""
    length = l2_norm(input_gradient(model, x, partial(cross_entropy, y=y)))
    share = 1 - float((length.isfinite() & (length > VANISHING)).float().mean())
    return diagnosis(
        "zero gradient", share, MOST,
        f"The cross-entropy has a gradient on {percent(1 - share)} of the images.",
        f"On {percent(share)} of the images the cross-entropy has no gradient to follow (saturated, rounded or cut "
        "off); use a loss of logits (pgd:loss=margin, apgd-dlr) and attacks without gradients (square), or attack a "
        "smooth stand-in of the part that has none.",
    )  # fmt: skip


@torch.no_grad()
def flat_output(model: Classifier, x: Images, seed: int) -> Diagnosis:
    """Share of the images whose answer stays the very same when every pixel moves a little."""
    moved = (x + TINY_STEP * _signs(x, seed)).clamp(0, 1)
    share = float((model(moved) == model(x)).all(dim=1).float().mean())
    return diagnosis(
        "flat output", share, MOST,
        f"On {percent(1 - share)} of the images a small change of the pixels changes the answer.",
        f"On {percent(share)} of the images the answer stays the same to the bit when all pixels move by "
        f"{TINY_STEP:g}: the input is quantized or the output rounded; pass the gradient straight through that step, "
        "and use square too.",
    )  # fmt: skip


def wrong_gradient(model: Classifier, x: Images, y: Labels, seed: int) -> Diagnosis:
    """Share of the images where the gradient of the margin says another change than is measured.

    Both are taken along the gradient's own sign (a random one where it is 0), in double precision behind the logits:

        |measured - g v| > 1/2 max(|measured|, |g v|),   measured = (margin(x + h v) - margin(x - h v)) / 2 h
    """
    loss = partial(margin, y=y)
    gradient = input_gradient(model, x, loss)
    v = torch.where(gradient == 0, _signs(x, seed), gradient.sign())
    with torch.no_grad():
        there, back = (loss(model(x + h * v).double()) for h in (STEP, -STEP))
    measured, said = (there - back) / (2 * STEP), (gradient * v).double().flatten(1).sum(dim=1)
    apart = (measured - said).abs() > torch.maximum(measured.abs(), said.abs()) / 2
    share = float(apart.float().mean())
    return diagnosis(
        "wrong gradient", share, MOST,
        f"The gradient foretells the change of the margin on {percent(1 - share)} of the images.",
        f"On {percent(share)} of the images the margin does not change as its gradient says, so steps along it go "
        "astray; look for a part with a replaced, cut off or random gradient, and trust attacks without gradients "
        "(square).",
    )  # fmt: skip


def _signs(x: Images, seed: int) -> Tensor:
    drawn = torch.rand(x.shape, generator=generator(seed, "diagnostics"))
    return (drawn < 0.5).to(x) * 2 - 1
