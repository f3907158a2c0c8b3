"""What a sweep over beta looks like."""

import numpy as np
import plotly.graph_objects as go

from core.analysis.bottleneck.figures.beta_slider import Curves, bottleneck
from core.analysis.bottleneck.findings import position_sentence
from core.analysis.results import StoredResult
from core.look import Look

USUAL = 0.3  # beta at which the slider stands at first, the paper's


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored sweep by name."""
    main = Curves.of(result)
    sentences = [position_sentence(main.curves, main.counts, beta) for beta in main.betas]
    start = int(np.abs(np.subtract(main.betas, USUAL)).argmin())
    return {"bottleneck": bottleneck(main, sentences, look, start=start)}
