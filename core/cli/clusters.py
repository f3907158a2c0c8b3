"""`python -m core clusters`: t-SNE of robust and non-robust features, clean and attacked, in one map (Fig. 2)."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult
from core.cli.experiment import attack_of, run_experiment
from core.cli.talk import print_json
from core.distillation import Bottleneck


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    n: int = 600,
    perplexity: float = 30.0,
    vector: Literal["flat", "pooled"] = "flat",
    neighbors: int = 10,
    iterations: int = 1000,
    multiples_n: int = 150,
    perplexities: tuple[float, ...] = (5.0, 15.0, 50.0),
    map_seeds: tuple[int, ...] = (0, 1, 2),
    attack: str = "pgd",
    epsilon: float | None = None,
    bottleneck: Annotated[Bottleneck, arg(name="")] = Bottleneck(),  # noqa: B008  (a frozen value)
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
    root: Path | None = None,
) -> None:
    """Lay out all, robust-only and non-robust-only features of clean and attacked images in one map.

    Beside it the same map for a wrong label and for as many random channels. How well classes hang together is measured
    in feature space, not in the picture. Tables (parquet, csv) and figures (HTML, PNG) are written.

    python -m core clusters shapes-vgg16-adv --n 600 --perplexity 30

    Args:
        model: a name from `python -m core models`, or the path of a model.
        n: test images; a map has six points for each.
        perplexity: about the number of neighbors that count in the map.
        vector: flat is the feature map itself, pooled what the linear layer reads of it.
        neighbors: of a point, for purity and trustworthiness.
        iterations: of t-SNE.
        multiples_n: images in each of the small multiples.
        perplexities: of the small multiples.
        map_seeds: random starts of the small multiples.
        attack: pgd, fgsm or bim.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); by default the one that suits the data.
        seed: of the map, the attack's start, the distiller's noise, the wrong labels and the random masks.
        device: where features are computed; auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/clusters; by default one under runs/clusters/.
        fresh: compute even if the result is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    experiment = FeatureMaps(
        n=n,
        perplexity=perplexity,
        vector=vector,
        neighbors=neighbors,
        iterations=iterations,
        multiples_n=multiples_n,
        perplexities=perplexities,
        map_seeds=map_seeds,
        attack=attack_of(attack, epsilon, subject.card),
        bottleneck=replace(bottleneck, cut=bottleneck.cut or subject.card.cut),
        seed=seed,
    )
    result = run_experiment(experiment, subject, what="batches and maps", out=out, fresh=fresh)
    if json:
        quality = result.table("quality").astype(object)
        rows = quality.where(quality.notna(), None).to_dict("records")
        head = {"model": subject.card.name, "folder": str(result.folder), "config": result.config}
        print_json({**head, **result.summary, "quality": rows})
    else:
        _print_quality(subject.card.name, result)


def _said(result: StoredResult) -> list[str]:
    return list(result.summary["sentences"])


def _print_quality(model: str, result: StoredResult) -> None:
    quality = result.table("quality")
    title = f"{model}, first {result.summary['n']} test images: clean, attacked (purity by chance "
    table = Table(title=f"{title}{quality['chance'].iloc[0]:.3f})", title_justify="left")
    for column in ("map", "features", "purity", "silhouette", "trustworthiness"):
        table.add_column(column)
    for (name, side, by), rows in quality.groupby(["map", "side", "by"], sort=False):
        pair = rows.set_index("images").loc[["clean", "attacked"]]
        figures = (f"{a:.3f}, {b:.3f}" for a, b in pair[["purity", "silhouette", "trustworthiness"]].T.to_numpy())
        table.add_row(name if by == "true" else f"{name}, as supplied", side.replace("non", "non-"), *figures)
    out = Console()
    out.print(table)
    for sentence in _said(result):
        out.print(Text(sentence))
