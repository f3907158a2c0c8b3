"""What all, robust and non-robust channels see in an image, drawn (Fig. 3), each picture beside its twins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import torch
from torch import Tensor

from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.explain.explanation import attacked, predicted, two_sides
from core.analysis.explain.one_pass import Reading, SplitOf
from core.analysis.pictures import packed
from core.analysis.results import Result
from core.analysis.split import features, random_mask
from core.analysis.visualize.drawing import Drawing, Wish, draw_all, levels, rows
from core.analysis.visualize.gallery import OWN, Row, sentences
from core.analysis.visualize.sheets import preview
from core.attacks import PGD, Attack
from core.datasets import Dataset
from core.datasets import own as own_pictures
from core.distillation import Bottleneck, masked
from core.errors import InputError
from core.seeding import generator
from core.types import Classifier, ClassIndex, Images, OnStep
from core.visualization import Visualization

NOTHING = {
    "robust": "No channel is robust here, so there is nothing to draw.",
    "nonrobust": "Every channel is robust here, so there is nothing to draw.",
    "union": "No channel is {side} in enough images of this class, so there is nothing to draw.",
}


@EXPERIMENTS.register("visualize")
@dataclass(frozen=True, kw_only=True)
class FeaturePictures:
    """Draw the pictures whose features are all, the robust or the non-robust ones of test images, clean and attacked.

    Fig. 3 of "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck", NeurIPS
    2021. A picture proves little alone: any network has some picture for any features. So beside each stand its twins:
    from as many channels drawn at random, and from a network with random weights that was split in the same way.

    Tables: `strip`, a row a picture: its `image`, `network` (trained or random), `mask` (distilled or random), `images`
    (clean or attacked), `side`, `seed`, `channels` it is drawn from, what the head `said` of these features and how
    surely, `cosine` of the picture's features to them, what the network `called` the picture and how surely, the last
    three again on average over the views that the optimizer makes (`view_`), its row in the array `pictures`, and
    `words` where there is nothing to draw (then called, picture are -1, cosine is NaN). `channels`: the same for single
    channels (`channel`) and for the union of a class (`label`, `side`, `mask`), with the mean `activation` that was
    reached in place of the cosine, and the `highest` that a test image has in views, on the same network. Array
    `pictures`: as `core.analysis.pictures.packed`. Summary: `sentences`, one an image.

    Args:
        images: indices in the test set.
        own: SHA-256 of a person's own picture that is kept on this machine (`core.datasets.own`); in the tables it is
            image `OWN`. Empty is none.
        own_class: its class, where somebody knows it; without one, what the network calls it.
        channels: single channels to draw.
        classes: labels whose unions to draw: the channels on one side in at least `union_share` of the class's images.
        union_n: test images, from the first, that are distilled for the unions and compared with channels.
        union_share: above 0; with many images the literal union is every channel.
        more_seeds: other starts, for the clean images and the trained network alone.
        twins: draw them.
        union_masks: draw for each union, as a twin, as many channels at random.
        split_of: whose channels are split for the attacked image: its own, as in the paper, or the clean image's.
        visualization: how pictures are drawn.
        channel_blur: weight of the roughness for channels and unions, in place of the one that suits the cube of a dot
            product; a mean activation is some hundred times smaller.
        attack: on the whole network; None draws the clean images alone.
        bottleneck: the distiller, which is given the true label.
        seed: of everything that is drawn.
        rule: how images and channels were chosen, in words for who looks at the pictures.
    Raises:
        InputError: a value outside its range, on construction; a channel or class that is not there, on use.
    """

    version: ClassVar[int] = 2

    images: tuple[int, ...] = (0,)
    own: str = ""
    own_class: tuple[ClassIndex, ...] = ()
    channels: tuple[int, ...] = ()
    classes: tuple[ClassIndex, ...] = ()
    union_n: int = 200
    union_share: float = 0.5
    more_seeds: tuple[int, ...] = ()
    twins: bool = True
    union_masks: bool = True
    split_of: SplitOf = "own"
    visualization: Visualization = Visualization()
    channel_blur: float = 0.001
    attack: Attack | None = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0
    rule: str = ""

    def __post_init__(self) -> None:
        if not (self.images or self.own or self.channels or self.classes):
            raise InputError("There is nothing to draw; name an image, a channel or a class.")
        if any(index < 0 for index in self.images):
            raise InputError(f"Images count from 0, got {min(self.images)}; choose another.")
        if len(self.own_class) > 1:
            raise InputError(f"A picture has one class, got {len(self.own_class)}; give one, or none.")
        if self.union_n < 1 or not 0 < self.union_share <= 1:
            raise InputError(
                "A union needs at least 1 image and a share above 0 and at most 1, got "
                f"{self.union_n} and {self.union_share:g}."
            )
        if self.bottleneck.cut != self.visualization.cut:
            raise InputError(
                f"Channels are split at {self.bottleneck.cut} but drawn at {self.visualization.cut}; give one cut."
            )

    @property
    def n(self) -> int:
        """Test images that are read, from the first."""
        return max(1 + max(self.images, default=0), self.union_n if self.classes or self.channels else 0)

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is one of the optimizer for one batch of pictures; a job shows these as they are drawn."""
        model, data = subject.model, subject.first(self.n)
        strips = [Drawing(model, self._strip(model, data, "trained"), self.seed)] if self._drawn else []
        strips += [Drawing(model, self._again(strips[0], seed), seed) for seed in self.more_seeds if strips]
        singles = [Drawing(model, self._compared(model, data, self._channels(model, data, "trained")), self.seed)]
        if self.twins:
            twin = subject.twin
            strips += [Drawing(twin, self._strip(twin, data, "random", model), self.seed)] if self._drawn else []
            same = [wish.renamed(network="random") for wish in singles[0].wishes if wish.row["mask"] != "random"]
            singles += [Drawing(twin, self._compared(twin, data, same), self.seed)]
        draw_all([*strips, *singles], self.visualization, self.channel_blur, on_step, preview())
        drawn = [part.images for job in (*strips, *singles) for part in job.drawn]
        strip_rows, others = (
            rows(strips, 0),
            rows(singles, sum(len(part.images) for job in strips for part in job.drawn)),
        )
        tables = {name: pd.DataFrame(table) for name, table in (("strip", strip_rows), ("channels", others)) if table}
        return Result(
            tables=tables,
            summary={"sentences": sentences(strip_rows, data.class_names)},
            arrays={"pictures": packed(levels(torch.cat(drawn)))} if drawn else {},
        )

    @property
    def _drawn(self) -> tuple[int, ...]:
        """Images that strips are drawn of, as the tables number them."""
        return (*self.images, OWN) if self.own else self.images

    def pair(self, model: Classifier, x: Images, label: int, index: int) -> tuple[Images, ...]:
        """The image `x` (1, c, h, w) at a position and, where there is an attack, what it made of it."""
        start = max(index, 0)  # an own image's start is that of the first
        return (x,) if self.attack is None else (x, attacked(model, x, label, self.attack, self.seed, start))

    def _image(self, model: Classifier, dataset: Dataset, image: int) -> tuple[Images, int]:
        """One image (1, c, h, w) and the label that it is split with."""
        if image != OWN:
            return dataset.images[image : image + 1], int(dataset.labels[image])
        x = own_pictures.read(self.own, dataset.image_size).to(dataset.images.device)
        return x, self.own_class[0] if self.own_class else predicted(model, x)

    def _strip(
        self, network: Classifier, dataset: Dataset, name: str, attacked_model: Classifier | None = None
    ) -> list[Wish]:
        """Every image, clean and attacked (the attack is always on the trained network), from every side."""
        wishes: list[Wish] = []
        trained = attacked_model or network
        for image in self._drawn:
            x, label = self._image(trained, dataset, image)
            pair = self.pair(trained, x, label, image)
            sides = two_sides(
                network, pair[0], pair[-1], label, bottleneck=self.bottleneck, split_of=self.split_of, seed=self.seed
            )
            for kind, pixels, side in zip(("clean", "attacked"), pair, sides, strict=False):
                row = {"image": image, "label": label, "network": name, "images": kind, "seed": self.seed}
                wishes += self._sides(network, features(network, pixels, self.bottleneck.cut), side, row)
        return wishes

    def _sides(self, network: Classifier, z: Tensor, side: Reading, row: Row) -> Iterator[Wish]:
        robust = side.split.robust
        kept = {("distilled", "all"): torch.ones_like(robust)}
        kept |= {("distilled", "robust"): robust, ("distilled", "nonrobust"): ~robust}
        if self.twins and row["network"] == "trained":
            drawn = random_mask(robust, generator(self.seed, "random mask"))
            kept |= {("random", "robust"): drawn, ("random", "nonrobust"): ~drawn}
        for (mask, name), keep in kept.items():
            target = masked(z, keep)
            with torch.no_grad():
                said = network.head(target, self.bottleneck.cut)[0].softmax(dim=0)
            found = {"mask": mask, "side": name, "channels": int(keep.sum())}
            read = {"said": int(said.argmax()), "said_probability": float(said.max())}
            yield Wish({**row, **found, **read, "words": NOTHING.get(name, "")}, target[0])

    def _again(self, strip: Drawing, seed: int) -> list[Wish]:
        """The clean images' pictures, from another start and without twins."""
        plain = (w for w in strip.wishes if (w.row["mask"], w.row["images"]) == ("distilled", "clean"))
        return [wish.renamed(seed=seed) for wish in plain]

    def _channels(self, model: Classifier, dataset: Dataset, network: str) -> list[Wish]:
        """Single channels, then the unions of each class."""
        if not (self.channels or self.classes):
            return []
        count = features(model, dataset.images[:1], self.bottleneck.cut).shape[1]
        fixed = {"network": network, "seed": self.seed}
        wishes = []
        for channel in self.channels:
            if not 0 <= channel < count:
                raise InputError(f"This cut has channels 0 to {count - 1}, got {channel}; choose one of them.")
            mask = torch.arange(count, device=dataset.images.device) == channel
            wishes.append(Wish({**fixed, "channel": channel, "label": -1, "side": "", "mask": "", "channels": 1}, mask))
        return wishes + (list(self._unions(model, dataset, fixed)) if self.classes else [])

    def _compared(self, network: Classifier, dataset: Dataset, wishes: list[Wish]) -> list[Wish]:
        """The wishes with the `highest` mean activation, in views, that one of the first test images has."""
        if not wishes:
            return []
        a = self.visualization.activations(network, dataset.images[: self.union_n], seed=self.seed)
        highest = [float("nan") if wish.empty else float(a[:, wish.goal].mean(dim=1).max()) for wish in wishes]
        return [wish.renamed(highest=value) for wish, value in zip(wishes, highest, strict=True)]

    def _unions(self, model: Classifier, dataset: Dataset, fixed: Row) -> Iterator[Wish]:
        y = dataset.labels[: self.union_n]
        robust = self.bottleneck(model, dataset.images[: self.union_n], y, seed=self.seed).robust
        for label in self.classes:
            if not bool((y == label).any()):
                raise InputError(f"None of the first {len(y)} test images has label {label}; raise union_n.")
            share = robust[y == label].double().mean(dim=0)
            for side, rate, name in (("robust", share, "robust"), ("nonrobust", 1 - share, "non-robust")):
                union, words = rate >= self.union_share, NOTHING["union"].format(side=name)
                about = {"channel": -1, "label": label, "side": side, "channels": int(union.sum()), "words": words}
                yield Wish({**fixed, **about, "mask": "distilled"}, union)
                if self.twins and self.union_masks:
                    drawn = random_mask(union[None], generator(self.seed, "random union", label, side))[0]
                    yield Wish({**fixed, **about, "mask": "random"}, drawn)
