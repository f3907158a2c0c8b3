"""The text under an empty robust set, and wherever else a side has no channels: nobody speaks there.

What the classifier returns for a side without channels is its bias alone, the same class for every image. It must never
stand as something that the side says.
"""

NOTHING = "nothing: no channel"  # in a table or a caption, in place of a class
ON_AN_IMAGE = (  # under an image's empty robust set
    "No channel of this image passes the tolerance: the robust side is empty, and what it predicts is only the "
    "classifier's bias."
)
ADJECTIVES = {"all": "kept", "robust": "robust", "nonrobust": "non-robust"}


def empty_set(side: str = "robust") -> str:
    """What is said of an empty side within a sentence: "no channel is robust, so that side says nothing"."""
    return f"no channel is {ADJECTIVES[side]}, so that side says nothing"


def spoken(name: str, channels: int) -> str:
    """The class `name` that a side of so many channels says; `NOTHING` where there are none."""
    return name if channels else NOTHING
