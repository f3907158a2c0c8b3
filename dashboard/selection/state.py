"""The one selection that every view shares. Pure: neither Streamlit nor torch."""

from dataclasses import dataclass, replace
from typing import Any

LARGEST_SEED = 2**31 - 1
LARGEST_IMAGE = 10**6
MOST_STEPS = 10_000
MOST_MOVED = 64
MODES = ("explore", "present")
# The parts of each page, in order: folds that a link can open or hide, slides of a presentation.
PARTS: dict[str, tuple[str, ...]] = {
    "start": ("labels", "numbers"),
    "explain": ("rival", "channels", "label", "seeds", "readings"),
    "clusters": ("measured", "drawn"),
    "visualize": ("rival", "starts", "single", "shared", "drawn"),
    "bottleneck": ("image", "counts", "other", "positions"),
    "channels": ("cutting", "agreement", "counted", "flips"),
    "attacks": ("bounded", "distance", "versus", "radii", "checks", "printed"),
    "paper": ("verdicts", "items", "text"),
}
FOLDS = tuple(dict.fromkeys(part for parts in PARTS.values() for part in parts))
WHOLE = "{}-page"  # in `hide`: a page that a presentation leaves out
HIDEABLE = tuple(dict.fromkeys(("controls", "strip", "footer", *FOLDS, *map(WHOLE.format, PARTS))))
MOST_SLIDES = 50
ALL = "all"
AMONG = (ALL, "fooled", "held", "wrong")
MOST_GIVEN = 20  # images of one's own that a link names
SPLITS = ("clean", "own")
TOLERANCES = ("image", "batch")
REDUCTIONS = ("mean", "sum")
NO_ATTACK = "none"
MAPS = ("true", "wrong", "random")
COLORS = ("label", "class", "attack")
EDITS = ("drop", "keep")
LONGEST_EDIT = 2500


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is looked at, and how. Every field is an address parameter of the same name.

    Args:
        data: data set; where a model is named as well, the model's data set counts.
        model: shipped or trained model by name; empty is the adversarially trained one of the data set.
        compare: a second model of the same data set, or "none"; empty is the model's sibling of the other training.
        image: index in the test set.
        own: an uploaded image to look at instead, by the first digits of its hash; empty for none.
        given: uploaded images to choose from, named in the same way.
        truth: index of the uploaded image's true class, as its owner says; -1 is unknown.
        among: which test images are stepped through: all, or those that the attack fooled, did not fool ("held"), or
            that were predicted wrong before it.
        attack: by name, or "none".
        epsilon: radius in pixel units of [0, 1]; None is the model's own.
        steps: of the attack; 0 is its own number.
        step_size: of the attack, in pixel units of [0, 1]; None is its own.
        beta: weight of the KL term.
        cut: stage to split; empty is the model's default.
        seed: of the attack's start and the distiller's noise.
        label: given to the distiller: "true", "predicted" or the index of a class.
        wrong: index of the class shown beside the label as the wrong one; -1 is the strongest rival.
        tolerance: T per image (paper) or over the batch of 100 (released code).
        kl: the KL term averaged (released code) or summed (printed formula) over channels.
        draws: noise draws averaged in each step.
        split_of: read the attacked image through the clean image's split, or distill it again.
        channel: the one whose card is open; -1 is the strongest.
        map: of the Clusters page: the split made with the true label, a wrong one, or as many channels at random.
        color: of its points: the label given, the class, or whether the image is attacked.
        example: of the Clusters page: open with an example's maps while nobody has chosen a network.
        over: of the Channels page: images counted, "set" for all, "image" for the current one, or the index of a class.
        edit: of the network there: "drop" or "keep", then channels or a rule of `core.analysis.channels.rules`.
        item: of the Paper page: the table or figure that is open.
        ours: network that stands beside the printed numbers there, by name; empty is the likest to the paper's.
        printed_data: data set of the printed table there; empty is that of `ours`.
        printed_network: network of the printed table there; empty is that of `ours`.
        run: folder of the stored result that is shown, or "shipped"; empty is the first that fits the settings.
        job: id of the long work that this window asked for and waits for; empty for none.
        moved: channels moved to the other side by hand.
        twins: of the Visualize page: beside each picture those from random channels and random weights.
        mode: "present" enlarges the fonts and hides the controls.
        slide: of the page in a presentation; 0 is its first screen, then its parts.
        open: parts of the page that are unfolded.
        hide: parts of the page to leave out.
    """

    data: str = "shapes"
    model: str = ""
    compare: str = ""
    image: int = 0
    own: str = ""
    given: tuple[str, ...] = ()
    truth: int = -1
    among: str = ALL
    attack: str = "pgd"
    epsilon: float | None = None
    steps: int = 0
    step_size: float | None = None
    beta: float = 0.3
    cut: str = ""
    seed: int = 0
    label: str = "true"
    wrong: int = -1
    tolerance: str = "image"
    kl: str = "mean"
    draws: int = 1
    split_of: str = "clean"
    channel: int = -1
    map: str = "true"
    color: str = "label"
    example: bool = True
    over: str = "set"
    edit: str = ""
    item: str = "table1"
    ours: str = ""
    printed_data: str = ""
    printed_network: str = ""
    run: str = ""
    job: str = ""
    moved: tuple[int, ...] = ()
    twins: bool = False
    mode: str = "explore"
    slide: int = 0
    open: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    def change(self, **changes: Any) -> "Selection":
        """The selection after a person's choice; what no longer applies to the new choice is dropped."""
        for name in changes:
            changes = {**_RESETS.get(name, {}), **changes}
        return replace(self, **changes)


PAPERS: dict[str, Any] = {
    name: getattr(Selection(), name)
    for name in (
        "attack",
        "epsilon",
        "steps",
        "step_size",
        "beta",
        "cut",
        "seed",
        "label",
        "tolerance",
        "kl",
        "draws",
        "split_of",
    )
}
"""What the settings are before anybody changes them."""

_OTHER_MASK: dict[str, Any] = {"moved": ()}
_OTHER_IMAGE: dict[str, Any] = {"channel": -1, "wrong": -1, **_OTHER_MASK}
_OTHER_MODEL: dict[str, Any] = {
    "compare": "", "epsilon": None, "step_size": None, "cut": "", "over": "set", "edit": "", "run": "", "job": "",
    **_OTHER_IMAGE,
}  # fmt: skip
_RESETS = {
    "data": {"model": "", "example": False, "image": 0, "own": "", "label": "true", **_OTHER_MODEL},
    "model": {"example": False, **_OTHER_MODEL},
    "image": {"own": "", "truth": -1, **_OTHER_IMAGE},
    "own": {"truth": -1, **_OTHER_IMAGE},
    "truth": _OTHER_IMAGE,
    "cut": _OTHER_IMAGE,
    "ours": {"printed_data": "", "printed_network": ""},
    "attack": {"steps": 0, "step_size": None, **_OTHER_MASK},
    **dict.fromkeys(("epsilon", "steps", "step_size"), _OTHER_MASK),
    **dict.fromkeys(("beta", "seed", "label", "tolerance", "kl", "draws"), _OTHER_MASK),
}
