"""The image that is looked at: one of a test set, or one that a person gave to this session."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.answers import at_hand, uploads
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class OneImage:
    """The image that is looked at.

    Args:
        key: distinguishes it from every other image: data set, its version and index, or an uploaded file's hash and
            the class that it is said to be of.
        name: for people: "test image 7", or the file's name.
        x: (1, c, h, w).
        true_label: None where nobody knows it; of an uploaded image, what its owner says.
        index: in the test set; None for an uploaded image.
    """

    key: str
    name: str
    x: "Tensor"
    true_label: int | None
    index: int | None


def looked_at(selection: Selection, catalog: Catalog) -> OneImage | None:
    """The image of a selection; None where it is neither uploaded nor on this machine.

    Raises:
        InputError: the data set has a class that the model does not know, or images of another size.
    """
    if (upload := uploads.find(selection.own)) is not None:
        truth = None if selection.truth < 0 else selection.truth
        x = at_hand.uploaded(upload.digest, catalog.cards[selection.model].image_size, upload.content)
        return OneImage(f"own:{upload.digest}:{truth}", upload.name, x, truth, None)
    if selection.data not in catalog.images:
        return None
    from core.analysis.experiment import matched

    i, data = selection.image, matched(at_hand.dataset(selection.data), catalog.cards[selection.model])
    key = f"{data.name}:{at_hand.version(data.name)}:{i}"
    return OneImage(key, f"test image {i}", data.images[i : i + 1], int(data.labels[i]), i)
