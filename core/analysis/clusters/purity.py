"""How well groups hang together, measured on the vectors themselves, where the drawing has no part."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.clusters.tsne import Vectors


def purity(vectors: Vectors, labels: NDArray[np.int64], k: int) -> float:
    """Mean share of a point's `k` nearest neighbors (Euclidean, without itself) that share its label."""
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=k, n_jobs=1).fit(vectors).kneighbors(return_distance=False)
    return float((labels[nearest] == labels[:, None]).mean())


def chance(labels: NDArray[np.int64]) -> float:
    """The purity that random neighbors would give."""
    sizes = np.unique(labels, return_counts=True)[1]
    return float((sizes * (sizes - 1)).sum() / (len(labels) * (len(labels) - 1)))


def silhouette(vectors: Vectors, labels: NDArray[np.int64]) -> float:
    """Mean silhouette (Rousseeuw 1987) of the labels' groups, -1 to 1; NaN with one group, or one a point."""
    from sklearn.metrics import silhouette_score

    if not 2 <= len(np.unique(labels)) < len(labels):
        return float("nan")
    return float(silhouette_score(vectors, labels))
