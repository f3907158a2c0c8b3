"""Every subject that has an experiment, imported, so that EXPERIMENTS is full. A new one is a line."""

import core.analysis.attacks.experiment
import core.analysis.attacks.radii
import core.analysis.bottleneck.experiment
import core.analysis.channels.experiment
import core.analysis.clusters.experiment
import core.analysis.paper.table1
import core.analysis.paper.table2
import core.analysis.start.experiment
import core.analysis.visualize.experiment
from core.analysis.experiment import EXPERIMENTS

__all__ = ["EXPERIMENTS"]
