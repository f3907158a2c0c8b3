"""The bottleneck's beta from nothing to all: what each side still predicts, how many channels it has (Fig. 5)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.attacked import attacked
from core.analysis.bottleneck.findings import beta_sentence, changes_at, crossing_sentence, crossings, peak_sentence
from core.analysis.controls import BatchControls
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.analysis.split import features, wrong_labels
from core.analysis.start.findings import claims_table, summary
from core.attacks import PGD, Attack
from core.distillation import Bottleneck, Distilled, read_out
from core.errors import InputError
from core.sides import SIDES
from core.statistics import spread
from core.types import Classifier, Images, OnStep

BETAS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 30.0)


@EXPERIMENTS.register("bottleneck")
@dataclass(frozen=True, kw_only=True)
class BetaSweep:
    """Distill the first `n` images at every beta; read each side clean and attacked, with the survey's controls.

    Figure 5 of "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck", NeurIPS
    2021, whose grid is not stated. At each beta the numbers are those of a survey at that beta: attacked images are
    read through the clean image's split.

    Tables: `images`, a row an image and beta, as in a survey; `curves`, a row a beta, side (all, robust, nonrobust) and
    kind of images (clean, attacked), with the interval and the controls of each accuracy; `counts`, a row a beta, mean
    and quartiles over images of the channels on each side, shares of images with no and with only robust channels;
    `channels`, quartiles over images of the beta at which a channel changes side.
    Raw array: `changes_at`, that beta for each image and channel, (n, c).
    Summary: `points`, a survey's summary for each beta; `sentences`, one a beta; `crossings` and, in words, they and
    the robust side's best beta, clean and attacked (`crossing_sentences`, `peak_sentences`).

    Args:
        n: test images, from the first.
        betas: the grid, rising.
        attack: on the whole network.
        bottleneck: everything of the distiller but its beta.
        seed: of the attack's start, the distiller's noise, the wrong labels and the random masks.
    Raises:
        InputError: fewer than two betas or falling ones, on construction.
    """

    version: ClassVar[int] = 2

    n: int = 500
    betas: tuple[float, ...] = BETAS
    attack: Attack = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        check_grid(self.betas)
        if self.bottleneck.beta != Bottleneck.beta:
            raise InputError(f"A sweep takes its betas from the grid, got beta {self.bottleneck.beta:g} beside it.")

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image distilled."""
        data = subject.first(self.n)
        y_wrong = wrong_labels(data.labels, len(data.class_names), self.seed)
        controls = BatchControls(subject, self.bottleneck, self.seed)
        rows, changes = [], []
        for batch in attacked(subject, self.attack, n=self.n, seed=self.seed):
            measured = controls.measure(batch, y_wrong, self.betas)
            rows += [_frame(beta, columns) for beta, columns in zip(self.betas, measured.columns, strict=True)]
            changes.append(changes_at(self.betas, _margins(measured.splits)))
            if on_step:
                on_step(int(batch.rows[-1]) + 1, self.n)
        return findings(pd.concat(rows, ignore_index=True), np.concatenate(changes))


def findings(images: pd.DataFrame, changes: NDArray[np.float32]) -> Result:
    """Tables and figures from the image table and the betas at which channels change side, (n, c)."""
    channels = changes.shape[1]
    points = {float(beta): summary(rows, channels) for beta, rows in images.groupby("beta")}
    curves = pd.concat([_curve(beta, point) for beta, point in points.items()], ignore_index=True)
    counts = pd.DataFrame([_counts(beta, rows, channels) for beta, rows in images.groupby("beta")])
    found = {which: _crossings(curves, which) for which in ("clean", "attacked")}
    count_crossings = crossings(counts["beta"].tolist(), counts["robust_mean"], counts["nonrobust_mean"])
    return Result(
        tables={"images": images, "curves": curves, "counts": counts, "channels": _channels(changes)},
        summary={
            "n": int(images["index"].nunique()),
            "channels": channels,
            "betas": list(points),
            "crossings": {which: places for which, (places, _) in found.items()} | {"count": count_crossings},
            "crossing_sentences": [sentence for _, sentence in found.values()],
            "peak_sentences": [_peak(curves, which) for which in found],
            "sentences": [beta_sentence(beta, point) for beta, point in points.items()],
            "points": list(points.values()),
        },
        raw={"changes_at": changes},
    )


@dataclass(frozen=True)
class ImageSweep:
    """One image at every beta, as arrays.

    Args:
        betas: the grid, (b,).
        noise_variance: sigma^2, (b, c).
        feature_variance: (c,).
        tolerance: T, which no beta changes.
        robust: (b, c) bool.
        changes_at: as `core.analysis.bottleneck.findings.changes_at` defines it, (c,).
        probabilities: by `<clean or attacked>_<all, robust or nonrobust>`; (b, k), equal rows for "all".
    """

    betas: NDArray[np.floating]
    noise_variance: NDArray[np.floating]
    feature_variance: NDArray[np.floating]
    tolerance: float
    robust: NDArray[np.bool_]
    changes_at: NDArray[np.floating]
    probabilities: dict[str, NDArray[np.floating]]

    def spoken(self, kind: str) -> NDArray[np.floating]:
        """The probabilities (b, k) of one kind; NaN at a beta that leaves the side no channel: nobody speaks there."""
        sizes = {"all": self.robust.shape[1], "robust": self.robust.sum(1), "nonrobust": (~self.robust).sum(1)}
        speaks = np.broadcast_to(sizes[kind.partition("_")[2]], len(self.betas)) > 0
        return np.where(speaks[:, None], self.probabilities[kind], np.nan)


def sweep_image(
    model: Classifier,
    x: Images,
    x_adv: Images,
    label: int,
    bottleneck: Bottleneck,
    betas: tuple[float, ...] = BETAS,
    seed: int = 0,
) -> ImageSweep:
    """One image `x` (1, c, h, w) distilled with `label` at every beta; it and `x_adv` are read through its splits."""
    check_grid(betas)
    at = bottleneck.cut
    z, z_adv = features(model, x, at), features(model, x_adv, at)
    splits = bottleneck.sweep(model, z, torch.tensor([label], device=x.device), betas, seed=seed)
    robust = torch.cat([split.robust for split in splits])
    probabilities = {}
    for kind, features_of in (("clean", z), ("attacked", z_adv)):
        said = read_out(model, features_of.expand(len(betas), -1, -1, -1), robust, at)
        for side in ("all", *SIDES):
            probabilities[f"{kind}_{side}"] = getattr(said, side).softmax(dim=1).cpu().numpy()
    return ImageSweep(
        betas=np.asarray(betas),
        noise_variance=torch.cat([split.noise_variance for split in splits]).cpu().numpy(),
        feature_variance=splits[0].feature_variance[0].cpu().numpy(),
        tolerance=float(splits[0].tolerance[0]),
        robust=robust.cpu().numpy(),
        changes_at=changes_at(betas, _margins(splits))[0],
        probabilities=probabilities,
    )


def check_grid(betas: tuple[float, ...]) -> None:
    """Raise InputError unless there are two betas or more, each larger than the one before."""
    if len(betas) < 2 or any(low >= high for low, high in zip(betas, betas[1:], strict=False)):
        came = ", ".join(f"{beta:g}" for beta in betas)
        raise InputError(f"A sweep needs at least two betas, each larger than the one before, got {came or 'none'}.")


def _margins(splits: list[Distilled]) -> NDArray[np.floating]:
    """log sigma^2 - log T, (len(splits), n, c)."""
    tiny = torch.finfo(torch.float32).tiny
    logs = torch.stack([split.noise_variance.clamp_min(tiny).log() for split in splits])
    return (logs - splits[0].tolerance.clamp_min(tiny).log()[:, None]).cpu().numpy()


def _frame(beta: float, columns: dict[str, Tensor]) -> pd.DataFrame:
    return pd.DataFrame({"beta": beta, **{name: column.cpu().numpy() for name, column in columns.items()}})


def _curve(beta: float, point: dict[str, Any]) -> pd.DataFrame:
    whole = [{"side": "all", "images": which, **measured} for which, measured in point["network"].items()]
    table = pd.concat([pd.DataFrame(whole), claims_table(point).drop(columns="claim")], ignore_index=True)
    return table.assign(beta=beta)[["beta", *table.columns]]


def _counts(beta: Any, rows: pd.DataFrame, channels: int) -> dict[str, float]:
    robust = rows["robust_count"]
    found = {"beta": float(beta)}
    for side, count in (
        ("robust", robust),
        ("nonrobust", channels - robust),
        ("twin_robust", rows["twin_robust_count"]),
    ):
        found |= {f"{side}_{name}": value for name, value in (spread(count, (25, 50, 75)) or {}).items()}
    return found | {"empty": float(rows["empty"].mean()), "full": float(rows["full"].mean()), "n": len(rows)}


def _crossings(curves: pd.DataFrame, which: str) -> tuple[list[float], str]:
    rows = curves[curves["images"] == which].pivot_table(index="beta", columns="side", values="value")
    betas, gap = rows.index.tolist(), rows["robust"] - rows["nonrobust"]
    found = crossings(betas, rows["robust"].to_numpy(), rows["nonrobust"].to_numpy())
    leads = bool(next((value for value in gap if value), 1.0) > 0)
    return found, crossing_sentence(which, betas, found, leads)


def _peak(curves: pd.DataFrame, which: str) -> str:
    rows = curves[(curves["images"] == which) & (curves["side"] == "robust")].sort_values("beta")
    return peak_sentence(which, rows[["beta", "value", "low", "high"]].to_dict("records"))


def _channels(changes: NDArray[np.float32]) -> pd.DataFrame:
    quartiles = np.quantile(changes, (0.25, 0.5, 0.75), axis=0, method="nearest")  # no mean of 0 and infinity
    return pd.DataFrame(
        {
            "channel": range(changes.shape[1]),
            **{f"changes_at_q{q}": row for q, row in zip((25, 50, 75), quartiles, strict=True)},
            "never_robust": (changes == 0).mean(axis=0),
            "always_robust": np.isinf(changes).mean(axis=0),
        }
    )
