"""Robust and non-robust features on one map, clean and attacked, with the same map for a wrong label (Fig. 2)."""

from core.analysis.results import StoredResult
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.view import Kind
from dashboard.screens.clusters.example import example
from dashboard.screens.clusters.maps import first_screen
from dashboard.screens.clusters.settings import TAKES, form, sources
from dashboard.screens.clusters.tables import has_multiples, measured, multiples


def same_maps(result: StoredResult, rival: StoredResult) -> bool:
    """Whether two networks were mapped in the same way."""
    return result.config == rival.config


KIND = Kind(
    name="clusters", noun="map of", takes=TAKES, options="--n 600", form=form, title="Make another map",
    comparable=same_maps, sources=sources, example=example,
)  # fmt: skip
PARTS = (
    Part(name="measured", title="How well do they group, measured?", draw=measured, slide=False),
    Part(
        name="drawn",
        title="Does the picture depend on how it is drawn?",
        draw=multiples,
        when=has_multiples,
    ),
)
page("clusters", first_screen, parts=PARTS, kind=KIND)
