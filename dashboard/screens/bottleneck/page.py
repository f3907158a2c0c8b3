"""The bottleneck from open to shut: what each side of the channels still predicts as beta rises (Fig. 5)."""

from core.analysis.results import StoredResult
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.provenance import of_split
from dashboard.frame.view import Kind, View
from dashboard.screens.bottleneck import curves, image
from dashboard.screens.bottleneck.settings import TAKES, form


def same_betas(result: StoredResult, rival: StoredResult) -> bool:
    """Whether two sweeps have the same grid."""
    return bool(result.summary["betas"] == rival.summary["betas"])


def has_rival(view: View) -> bool:
    """Whether the network that is compared was swept in the same way."""
    return view.rival is not None


KIND = Kind(
    name="bottleneck", noun="sweep of", takes=TAKES, form=form, comparable=same_betas,
    sources=lambda *_: [of_split("clean")],
)  # fmt: skip
PARTS = (
    Part(name="image", title="What happens in one image?", draw=image.along, own=image.OWN),
    Part(name="counts", title="How many channels are left?", draw=curves.counts, slide=False),
    Part(name="other", title="Is it so in the other network?", draw=curves.other, when=has_rival),
    Part(name="positions", title="Every β as a table", draw=curves.positions, slide=False),
)
page("bottleneck", curves.first_screen, parts=PARTS, kind=KIND)
