"""Results to plotly figures: pure functions, no Streamlit. A new kind of figure is a file and a line here."""

from dashboard.charts.assignment import Cloud, Shares, assignment, flips, strip
from dashboard.charts.bottleneck import Along, Curves, bottleneck
from dashboard.charts.changes import changes
from dashboard.charts.claims import Measured, claims
from dashboard.charts.edits import Worth, edits
from dashboard.charts.labels import echo
from dashboard.charts.noise import noise_bars, sorted_channels
from dashboard.charts.predictions import Panel, predictions
from dashboard.charts.seeds import seeds
from dashboard.charts.sources import sources

__all__ = [
    "Along",
    "Cloud",
    "Curves",
    "Measured",
    "Panel",
    "Shares",
    "Worth",
    "assignment",
    "bottleneck",
    "changes",
    "claims",
    "echo",
    "edits",
    "flips",
    "noise_bars",
    "predictions",
    "seeds",
    "sorted_channels",
    "sources",
    "strip",
]
