"""What is left of a network under attack, whether the paper's attacks are worth it, and one image on its way."""

from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.view import Kind, View
from dashboard.screens.attacks.bounded import bounded
from dashboard.screens.attacks.checks import checks
from dashboard.screens.attacks.first import first
from dashboard.screens.attacks.printed import is_printed, paper
from dashboard.screens.attacks.radii import radii
from dashboard.screens.attacks.settings import QUICK, TAKES, form, sources
from dashboard.screens.attacks.unbounded import distance
from dashboard.screens.attacks.versus import versus


def _stored(view: View) -> bool:
    return view.stored is not None


def _beside_an_image(view: View) -> bool:
    """Without an image, the dots are the first screen's picture."""
    return view.stored is not None and view.sees_an_image


KIND = Kind(
    name="attacks", noun="evaluation of", takes=TAKES, options=f'--attacks "{",".join(QUICK)}" --n 500', form=form,
    title="Compute with other attacks", open=True, sources=sources,
    live=lambda s: f"computed live, β {s.beta:g}, seed {s.seed}",
)  # fmt: skip
PARTS = (
    Part(name="bounded", title="How strong is each attack?", draw=bounded, when=_beside_an_image),
    Part(name="distance", title="Without a bound: how far must images move?", draw=distance, when=_stored, slide=False),
    Part(name="versus", title="Is NRF better than CW?", draw=versus, when=_stored, slide=False),
    Part(name="radii", title="Does a stronger attack leave nothing?", draw=radii),
    Part(name="checks", title="Can these numbers be trusted?", draw=checks, when=_stored, slide=False),
    Part(name="printed", title="What does the paper print?", draw=paper, when=is_printed, slide=False),
)
page("attacks", first, parts=PARTS, kind=KIND)
