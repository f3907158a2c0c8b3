"""t-SNE of robust and non-robust features, clean and attacked, in one map; what it claims is measured beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.attacked import attacked
from core.analysis.clusters.purity import chance, purity, silhouette
from core.analysis.clusters.tsne import Vectors, trust, tsne
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.analysis.split import BATCH, features, pooled, random_mask, wrong_labels
from core.attacks import PGD, Attack
from core.distillation import Bottleneck, masked
from core.errors import InputError
from core.seeding import generator
from core.sides import READERS
from core.types import Classifier, Features, OnStep

IMAGES = ("clean", "attacked")
KINDS = tuple((side, images) for side in READERS for images in IMAGES)
MAPS = ("true label", "wrong label", "random mask")


@EXPERIMENTS.register("clusters")
@dataclass(frozen=True, kw_only=True)
class FeatureMaps:
    """Lay out 6 n points, {all, robust, non-robust} x {clean, attacked}, in one map, so that positions compare.

    Figure 2 of "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck", NeurIPS
    2021, which states neither vector, n nor perplexity. t-SNE: van der Maaten and Hinton 2008, JMLR 9, 2579-2605, as
    scikit-learn computes it, from the first two principal components. Attacked images are read through the clean
    image's split. The mask knows the label, so clusters by label prove little: beside the map stand the same map for a
    wrong label supplied and for as many random channels, and every figure but the trustworthiness is measured in
    feature space, where t-SNE has no part.

    Tables: `points`, a row a point of the three maps: `map`, `side`, `images`, `index` and `label` of its image, the
    label `supplied` to the distiller, what the network `predicts` from these channels, whether they are `empty`, x, y;
    `quality`, a row a map, kind of point and label (true or supplied): purity, the mean share of a point's nearest
    neighbors of the same kind that share its label, `chance`, what random neighbors would give, silhouette,
    trustworthiness of the map for these points; `multiples`, maps of the first `multiples_n` images for each perplexity
    and seed, which start at random, as from principal components every seed gives the same map; `maps`, a row a map:
    perplexity, seed, number of points, trustworthiness over all of them, final KL divergence.
    Summary: `sentences`, one a side.

    Args:
        n: test images, from the first.
        perplexity: of the three maps, about the number of neighbors that count.
        vector: "flat" is Z itself, c h w numbers, signed; "pooled" what the linear layer reads after the ReLU, c.
        neighbors: of purity and trustworthiness.
        iterations: of t-SNE.
        multiples_n: images of the small multiples.
        perplexities, map_seeds: of the small multiples; either may be empty.
        attack: on the whole network.
        bottleneck: the distiller.
        seed: of everything that is drawn.
    Raises:
        InputError: a value outside its range, on construction.
    """

    version: ClassVar[int] = 2

    n: int = 600
    perplexity: float = 30.0
    vector: Literal["flat", "pooled"] = "flat"
    neighbors: int = 10
    iterations: int = 1000
    multiples_n: int = 150
    perplexities: tuple[float, ...] = (5.0, 15.0, 50.0)
    map_seeds: tuple[int, ...] = (0, 1, 2)
    attack: Attack = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.vector not in ("flat", "pooled"):
            raise InputError(f"Unknown vector {self.vector!r}; known are flat, pooled.")
        if self.neighbors < 1 or self.n < 4 or self.multiples_n < 4:
            raise InputError(
                f"A map needs at least 4 images and 1 neighbor, got n = {self.n}, {self.multiples_n} for the small "
                f"multiples, {self.neighbors} neighbors."
            )
        if self.iterations < 250:
            raise InputError(f"t-SNE needs at least 250 iterations, got {self.iterations}.")
        for perplexity, n in ((self.perplexity, self.n), *((p, self.multiples_n) for p in self.perplexities)):
            if not 1 <= perplexity < len(KINDS) * n:
                raise InputError(
                    f"A perplexity must lie between 1 and the number of points, {len(KINDS) * n}, got {perplexity:g}."
                )

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is a batch distilled or a map drawn."""
        model, tick = subject.model, self._counter(on_step)
        pair, masks, labels, supplied = self._distilled(subject, tick)
        points, quality, maps = [], [], []
        for name in MAPS:
            vectors = self._vectors(model, pair, masks[name])
            layout, about = tsne(np.concatenate(list(vectors.values())), self.perplexity, self.iterations, self.seed)
            places = dict(zip(KINDS, np.split(layout, len(KINDS)), strict=True))
            given = {"true": labels, "supplied": supplied[name]}
            quality += [row for kind in KINDS for row in self._quality(name, kind, vectors[kind], places[kind], given)]
            points.append(self._points(name, model, pair, masks[name], places, given))
            maps.append({"map": name, "perplexity": self.perplexity, "seed": self.seed, "start": "pca", **about})
            tick()
        multiples, about_multiples = self._multiples(model, pair, masks[MAPS[0]], labels, tick)
        table = pd.DataFrame(quality)
        return Result(
            tables={
                "points": pd.concat(points, ignore_index=True),
                "quality": table,
                "maps": pd.DataFrame([*maps, *about_multiples]),
                "multiples": multiples,
            },
            summary={"n": self.n, "vector": self.vector, "neighbors": self.neighbors, "sentences": sentences(table)},
        )

    def _counter(self, on_step: OnStep | None) -> Callable[[], None]:
        total = -(-self.n // BATCH) + len(MAPS) + len(self.perplexities) * len(self.map_seeds)
        steps = iter(range(1, total + 1))

        def tick() -> None:
            done = next(steps)
            if on_step is not None:
                on_step(done, total)

        return tick

    def _distilled(
        self, subject: Subject, tick: Callable[[], None]
    ) -> tuple[tuple[Features, Features], dict[str, Tensor], Tensor, dict[str, Tensor]]:
        """Features of the clean and the attacked images, and for each map the masks (n, c) and the labels supplied."""
        model, data, split, parts = subject.model, subject.first(self.n), self.bottleneck.of_features, []
        y, y_wrong = data.labels, wrong_labels(data.labels, len(data.class_names), self.seed)
        for batch in attacked(subject, self.attack, n=self.n, seed=self.seed):
            start = int(batch.rows[0])
            z, z_adv = (features(model, x, self.bottleneck.cut) for x in (batch.x, batch.x_adv))
            robust = split(model, z, batch.y, seed=self.seed).robust
            wrong = split(model, z, y_wrong[start : start + len(z)], seed=self.seed).robust
            parts.append((z, z_adv, robust, wrong, random_mask(robust, generator(self.seed, "random mask", start))))
            tick()
        z, z_adv, robust, wrong, drawn = (torch.cat(column) for column in zip(*parts, strict=True))
        masks = dict(zip(MAPS, (robust, wrong, drawn), strict=True))
        return (z, z_adv), masks, y.cpu(), dict(zip(MAPS, (y.cpu(), y_wrong.cpu(), y.cpu()), strict=True))

    def _vectors(
        self, model: Classifier, pair: tuple[Features, Features], robust: Tensor
    ) -> dict[tuple[str, str], Vectors]:
        """The vectors (n, d) of each kind of point."""
        flat = self.vector == "flat"
        return {
            kind: (z.flatten(1) if flat else pooled(model, z, self.bottleneck.cut)).cpu().numpy()
            for kind, z in _kinds(pair, robust)
        }

    def _quality(
        self, name: str, kind: tuple[str, str], vectors: Vectors, places: Vectors, given: dict[str, Tensor]
    ) -> Iterator[dict[str, Any]]:
        k = min(self.neighbors, (len(vectors) - 1) // 2)
        for by, labels in given.items():
            if by == "true" or name == "wrong label":  # elsewhere the true label was supplied
                yield {
                    "map": name, "side": kind[0], "images": kind[1], "by": by, "n": len(vectors), "neighbors": k,
                    "purity": purity(vectors, labels.numpy(), k), "chance": chance(labels.numpy()),
                    "silhouette": silhouette(vectors, labels.numpy()), "trustworthiness": trust(vectors, places, k),
                }  # fmt: skip

    def _points(
        self,
        name: str,
        model: Classifier,
        pair: tuple[Features, Features],
        robust: Tensor,
        places: dict[tuple[str, str], Vectors],
        given: dict[str, Tensor],
    ) -> pd.DataFrame:
        return pd.concat(
            pd.DataFrame(
                {
                    "map": name, "side": kind[0], "images": kind[1], "index": range(len(z)), "label": given["true"],
                    "supplied": given["supplied"], "predicted": _predicted(model, z, self.bottleneck.cut),
                    "empty": ~_kept(kind[0], robust).any(dim=1).cpu().numpy(), "x": places[kind][:, 0],
                    "y": places[kind][:, 1],
                }
            )
            for kind, z in _kinds(pair, robust)
        )  # fmt: skip

    def _multiples(
        self,
        model: Classifier,
        pair: tuple[Features, Features],
        robust: Tensor,
        labels: Tensor,
        tick: Callable[[], None],
    ) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
        few = min(self.multiples_n, self.n)
        z, z_adv = pair
        vectors = np.concatenate(list(self._vectors(model, (z[:few], z_adv[:few]), robust[:few]).values()))
        sides, images = (np.repeat(column, few) for column in zip(*KINDS, strict=True))
        of_point = {"side": sides, "images": images, "index": np.tile(np.arange(few), len(KINDS))}
        of_point["label"] = np.tile(labels[:few].numpy(), len(KINDS))
        tables, maps = [], []
        for perplexity in self.perplexities:
            for seed in self.map_seeds:
                layout, about = tsne(vectors, perplexity, self.iterations, seed, start="random")
                names = {"perplexity": perplexity, "seed": seed}
                tables.append(pd.DataFrame({**names, **of_point, "x": layout[:, 0], "y": layout[:, 1]}))
                maps.append({"map": "multiple", **names, "start": "random", **about})
                tick()
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(), maps


def _kinds(pair: tuple[Features, Features], robust: Tensor) -> Iterator[tuple[tuple[str, str], Features]]:
    for side, images in KINDS:
        yield (side, images), masked(pair[IMAGES.index(images)], _kept(side, robust))


def _kept(side: str, robust: Tensor) -> Tensor:
    """Which channels a side consists of, (n, c) bool."""
    return {"all": torch.ones_like(robust), "robust": robust, "nonrobust": ~robust}[side]


@torch.no_grad()
def _predicted(model: Classifier, z: Features, at: str | None) -> NDArray[np.int64]:
    return torch.cat([model.head(part, at).argmax(dim=1) for part in z.split(BATCH)]).cpu().numpy()


def sentences(quality: pd.DataFrame) -> list[str]:
    """One sentence a side: purity of the clean and attacked points in feature space, and what the controls give."""
    by = quality.set_index(["map", "side", "images", "by"])["purity"].sort_index()
    n, k, at_random = (quality[name].iloc[0] for name in ("n", "neighbors", "chance"))
    words = {"all": "all channels", "robust": "robust channels alone", "nonrobust": "non-robust channels alone"}
    found = []
    for side, name in words.items():
        clean, attacked = (by["true label", side, images, "true"] for images in IMAGES)
        text = (
            f"Seen by {name}, {clean:.0%} of a point's {k} nearest neighbors among {n} clean images share its class, "
            f"{attacked:.0%} among the attacked ones (feature space; random neighbors: {at_random:.0%})"
        )
        if side != "all":
            wrong, drawn = by["wrong label", side, "clean"], by["random mask", side, "clean", "true"]
            text += (
                f"; given a wrong label, {wrong['supplied']:.0%} share that label and {wrong['true']:.0%} the true "
                f"class; with the same number of channels, drawn at random, {drawn:.0%} share the true class"
            )
        found.append(text + ".")
    return found
