"""Results to plotly figures: pure functions, no Streamlit. A new kind of figure is a file and a line here."""

from dashboard.charts.bottleneck import Along, Curves, bottleneck
from dashboard.charts.changes import changes
from dashboard.charts.claims import Measured, claims
from dashboard.charts.labels import echo
from dashboard.charts.noise import noise_bars, sorted_channels
from dashboard.charts.predictions import Panel, predictions
from dashboard.charts.seeds import seeds

__all__ = [
    "Along",
    "Curves",
    "Measured",
    "Panel",
    "bottleneck",
    "changes",
    "claims",
    "echo",
    "noise_bars",
    "predictions",
    "seeds",
    "sorted_channels",
]
