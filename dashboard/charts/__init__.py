"""Results to plotly figures: pure functions, no Streamlit. A new kind of figure is a file and a line here."""

from dashboard.charts.assignment import Cloud, Shares, assignment, flips, strip
from dashboard.charts.attacks import Line, Marks, bounded, distance
from dashboard.charts.attacks import Row as AttackRow
from dashboard.charts.bottleneck import Along, Curves, bottleneck
from dashboard.charts.changes import changes
from dashboard.charts.claims import Measured, claims
from dashboard.charts.edits import Worth, edits
from dashboard.charts.labels import echo
from dashboard.charts.noise import noise_bars, sorted_channels
from dashboard.charts.predictions import Panel, predictions
from dashboard.charts.seeds import seeds
from dashboard.charts.sources import sources
from dashboard.charts.steps import Walk, steps

__all__ = [
    "Along",
    "AttackRow",
    "Cloud",
    "Curves",
    "Line",
    "Marks",
    "Measured",
    "Panel",
    "Shares",
    "Walk",
    "Worth",
    "assignment",
    "bottleneck",
    "bounded",
    "changes",
    "claims",
    "distance",
    "echo",
    "edits",
    "flips",
    "noise_bars",
    "predictions",
    "seeds",
    "sorted_channels",
    "sources",
    "steps",
    "strip",
]
