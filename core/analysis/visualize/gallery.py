"""Stored pictures, read without torch: which there are, what stands beside each, and what they say in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from core import store
from core.analysis.empty_set import NOTHING
from core.analysis.pictures import unpacked
from core.analysis.results import StoredResult

Row = dict[str, Any]  # of the tables that `core.analysis.visualize.experiment.FeaturePictures` describes
OWN = -1  # in the tables, the image that a person gave
SIDES = {"all": "all channels", "robust": "robust alone", "nonrobust": "non-robust alone"}
PANELS = {
    ("trained", "distilled"): "This network",
    ("trained", "random"): "As many channels drawn at random",
    ("random", "distilled"): "A network with random weights, split in the same way",
}


@dataclass(frozen=True)
class Gallery(StoredResult):
    """What `python -m core visualize` left: the tables `strip` and `channels`, and their pictures."""

    @cached_property
    def pictures(self) -> NDArray[np.uint8]:
        """(m, 3, s, s), m at least n; the tables' column `picture` counts along the first dimension."""
        return unpacked(self.array("pictures"))  # type: ignore[arg-type]

    @property
    def class_names(self) -> list[str]:
        return list(self.manifest["class_names"])

    @property
    def images(self) -> list[int]:
        """Test images that strips were drawn of, and `OWN` where a person's own picture was."""
        return [*self.config["images"], *([OWN] if self.own else [])]

    @property
    def own(self) -> str:
        """SHA-256 of a person's own picture; empty where none was drawn."""
        return str(self.config.get("own", ""))  # older results have no such field

    @property
    def seeds(self) -> list[int]:
        """Starts; what was attacked, and the twins, were drawn from the first alone."""
        return [self.config["seed"], *self.config["more_seeds"]]

    @cached_property
    def strips(self) -> DataFrame:
        """The table of all strips; there is none where `images` is empty."""
        return self.table("strip")

    @cached_property
    def channels(self) -> DataFrame | None:
        """The table of single channels and unions; None where none were asked for."""
        return self.table("channels") if self.config["channels"] or self.config["classes"] else None

    def strip(self, image: int, seed: int | None = None) -> Iterator[tuple[str, str, list[Row]]]:
        """Panel, clean or attacked, and a row for each side: the network first, then its twins.

        All channels are the same under any mask, so the trained network's picture of them stands in both its panels.
        """
        if image not in self.images:
            return
        table = self.strips
        table = table[(table["image"] == image) & (table["seed"] == (self.seeds[0] if seed is None else seed))]
        for (network, mask), title in PANELS.items():
            panel = table[(table["network"] == network) & ((table["mask"] == mask) | (table["side"] == "all"))]
            if not (panel["mask"] == mask).any():
                continue
            for kind in ("clean", "attacked"):
                rows = panel[panel["images"] == kind].to_dict("records")
                if rows:
                    yield title, kind, rows  # type: ignore[misc]

    def pixels(self, row: Row) -> NDArray[np.float32] | None:
        """A row's picture (3, s, s) in [0, 1]; None where there was nothing to draw."""
        return None if row["picture"] < 0 else (self.pictures[row["picture"]] / 255).astype(np.float32)

    def caption(self, row: Row) -> list[str]:
        """Lines to stand below a row's picture."""
        names = self.class_names
        if "image" in row:
            said = _sure("features: ", names, row, "said") if row["channels"] else f"features: {NOTHING}"
            head = [f"{SIDES[row['side']]} ({row['channels']})", said]
            reached = f"cosine {row['cosine']:.2f}, {row['view_cosine']:.2f} in views"
        else:
            head = [f"channel {row['channel']}" if row["channel"] >= 0 else f"{names[row['label']]}, {_union(row)}"]
            reached = f"activation {row['activation']:.2f}, {row['view_activation']:.2f} in views; images there reach "
            reached += f"{row['highest']:.2f}"
        if row["picture"] < 0:
            return [*head, row["words"]]
        return [*head, _sure("picture: ", names, row, "called"), _sure("views: ", names, row, "view_called"), reached]


def image_name(image: int) -> str:
    """An image of the tables in words."""
    return "your own image" if image == OWN else f"image {image}"


def stored_galleries(model: str) -> list[Gallery]:
    """Galleries of a model by its name: the shipped one, then those of the runs, the newest first."""
    shipped = sorted(store.RESULTS.glob("*/visualize/manifest.json"))
    made = [path for folder in store.runs("visualize") if (path := folder / "manifest.json").is_file()]
    found = (Gallery(path.parent) for path in (*shipped, *made))
    return [gallery for gallery in found if gallery.manifest["model"]["name"] == model]


def sentences(rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """For each image, clean and attacked: what the network calls the pictures of its sides, and their twins'."""
    found = []
    for image, kind in dict.fromkeys((row["image"], row["images"]) for row in rows):
        mine = [row for row in rows if (row["image"], row["images"], row["seed"]) == (image, kind, rows[0]["seed"])]
        told = []
        for (network, mask), title in PANELS.items():
            panel = [row for row in mine if (row["network"], row["mask"]) == (network, mask)]
            said = ", ".join(f"{SIDES[row['side']]} ({row['channels']}): {_called(row, names)}" for row in panel)
            told += [f"{title}: {said}"] if panel else []
        found.append(f"{image_name(image).capitalize()}, {names[mine[0]['label']]}, {kind}. {'. '.join(told)}.")
    return found


def _called(row: Row, names: Sequence[str]) -> str:
    return f"{names[row['called']]}, cosine {row['cosine']:.2f}" if row["picture"] >= 0 else "nothing to draw"


def _sure(what: str, names: Sequence[str], row: Row, column: str) -> str:
    return f"{what}{names[row[column]]} {row[f'{column}_probability']:.0%}"


def _union(row: Row) -> str:
    side = "robust" if row["side"] == "robust" else "non-robust"
    return f"as many as {side} ({row['channels']})" if row["mask"] == "random" else f"{side} ({row['channels']})"
