"""t-SNE of vectors, and how well groups hang together: measured on the vectors, where the drawing has no part."""

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


def tsne(
    vectors: Vectors, perplexity: float, iterations: int, seed: int, start: Literal["pca", "random"] = "pca"
) -> tuple[Vectors, dict[str, Any]]:
    """Places (n, 2) of vectors (n, d), centered, and what is known of the map; equal for equal seeds."""
    from sklearn.manifold import TSNE

    machine = TSNE(perplexity=perplexity, max_iter=iterations, init=start, random_state=seed, n_jobs=1)
    places = machine.fit_transform(vectors)
    trusted = trust(vectors, places, min(10, (len(vectors) - 1) // 2))
    about = {"points": len(vectors), "trustworthiness": trusted, "kl_divergence": float(machine.kl_divergence_)}
    return (places - places.mean(axis=0)).astype(np.float32), about


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


def trust(vectors: Vectors, places: Vectors, k: int) -> float:
    """Trustworthiness (Venna and Kaski 2001): 1 where no point's `k` neighbors on the map are strangers, to 0."""
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(vectors, places, n_neighbors=k))
