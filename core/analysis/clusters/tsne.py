"""t-SNE: places of vectors on a map, and how far the map can be trusted."""

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


def trust(vectors: Vectors, places: Vectors, k: int) -> float:
    """Trustworthiness (Venna and Kaski 2001): 1 where no point's `k` neighbors on the map are strangers, to 0."""
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(vectors, places, n_neighbors=k))
