"""Pictures drawn from features, with Lucent's parameterization and transforms, and a loop of our own."""

from core.visualization.optimize import Inverted, OnPreview, Raised, Visualization, released

__all__ = ["Inverted", "OnPreview", "Raised", "Visualization", "released"]
