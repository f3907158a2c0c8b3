"""What Figures 2 to 5 claim, and whether ours say so too."""

import pandas as pd

from core.analysis.paper.verdict import APART, FAILS, HOLDS, Evidence, Judge, decided, of_one, told
from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import Gallery
from core.look import number, percent
from core.statistics import accuracy, unpaired_difference

CROSSES = 5  # beta beyond which the non-robust side is ahead in the paper


def groups(result: StoredResult) -> Evidence:
    """Figure 2: the neighbors of a point share its class more often where robust channels alone are looked at."""
    rows = result.table("quality")
    rows = rows[(rows["map"] == "true label") & (rows["by"] == "true")].set_index(["images", "side"])
    parts = []
    for images in ("clean", "attacked"):
        robust, other = (_at_most_as_sure(rows.loc[(images, side)]) for side in ("robust", "nonrobust"))
        parts.append(told(unpaired_difference(robust, other).sign))
    shares = [percent(rows.loc[("attacked", side), "purity"]) for side in ("robust", "nonrobust", "all")]
    ours = f"attacked: ● {shares[0]}, ▲ {shares[1]}, all {shares[2]}"
    why = "Measured by how many of a point’s nearest neighbors share its class."
    return Evidence("a picture", ours, decided(parts), why)


def pictures(_: StoredResult) -> Evidence:
    """Figure 3 shows what one may see in it; nothing of it is a number."""
    return Evidence("pictures", "pictures", APART, "It is seen, not measured: look at ours, beside their controls.")


def coincidence(result: StoredResult) -> Evidence:
    """Figure 4: there is an image whose non-robust channels alone say what the attacked network says."""
    image = next(filter(lambda one: coincides(Gallery(result.folder), one), result.config["images"]), None)
    if image is None:
        return Evidence("one image", "no stored image", FAILS, "Among the images that are stored there is none.")
    return Evidence(
        "one image", f"test image {image}", HOLDS, "One image shows that there is one; Table 2 counts them."
    )


def coincides(gallery: Gallery, image: int) -> bool:
    """Whether, attacked, the non-robust channels alone say the network's wrong class."""
    rows = gallery.strips
    rows = rows[(rows["image"] == image) & (rows["network"] == "trained") & (rows["mask"] == "distilled")]
    of = rows[rows["images"] == "attacked"].set_index("side")
    said = of["said"]
    if not len(said) or not of.loc["nonrobust", "channels"]:  # nobody speaks for a side without channels
        return False
    return bool(said["all"] == said["nonrobust"] != rows["label"].iloc[0])


def rise_and_fall(result: StoredResult) -> Evidence:
    """Figure 5: along beta the accuracy of the robust side rises to a peak inside and falls after it."""
    robust = _curve(result, "robust")
    peak = robust["value"].idxmax()
    first, top, last = (robust.loc[beta].to_dict() for beta in (robust.index[0], peak, robust.index[-1]))
    parts = [told(unpaired_difference(top, first).sign), told(unpaired_difference(top, last).sign)]
    ours = f"{percent(first['value'])} → {percent(top['value'])} (β {number(peak)}) → {percent(last['value'])}"
    return Evidence("rises, then falls", ours, decided(parts), "From the smallest β to the best and to the largest.")


def crossing(result: StoredResult) -> Evidence:
    """Figure 5: up to beta 5 the robust side is ahead, beyond it the non-robust one."""
    robust, other = _curve(result, "robust"), _curve(result, "nonrobust")
    ahead = {
        beta: told(unpaired_difference(robust.loc[beta].to_dict(), other.loc[beta].to_dict()).sign)
        for beta in robust.index
    }
    before = [sign for beta, sign in ahead.items() if beta <= CROSSES]
    beyond = [None if sign is None else not sign for beta, sign in ahead.items() if beta > CROSSES]
    behind = [beta for beta, sign in ahead.items() if sign is False]
    ours = f"from β {number(min(behind))}" if behind else "nowhere"
    return Evidence(f"beyond β {CROSSES}", ours, decided([*before, *beyond]), "Read on clean images, β by β.")


def fewer(result: StoredResult) -> Evidence:
    """Figure 5: the mean number of robust channels falls at every step of beta."""
    counts = result.table("counts").sort_values("beta")["robust_mean"]
    ours = f"{number(counts.iloc[0])} → {number(counts.iloc[-1])} channels"
    falls = bool((counts.diff().dropna() < 0).all())
    return Evidence("falls all the way", ours, decided([falls]), "The mean over the images, at every step of β.")


JUDGES: list[tuple[str, str, Judge]] = [
    ("figure2", "Robust features group by class, non-robust ones less", of_one(groups)),
    ("figure3", "Pictures of robust channels show the class", of_one(pictures)),
    ("figure4", "Non-robust channels alone can say the attack’s class", of_one(coincidence)),
    ("figure5", "Along β, robust-only accuracy rises, then falls", of_one(rise_and_fall)),
    ("figure5", "The non-robust side is ahead for large β", of_one(crossing)),
    ("figure5", "Fewer channels are robust as β rises", of_one(fewer)),
]


def _curve(result: StoredResult, side: str) -> pd.DataFrame:
    """One side's accuracy on clean images along beta."""
    rows = result.table("curves")
    return (
        rows[(rows["images"] == "clean") & (rows["side"] == side)].assign(n=_n(result)).set_index("beta").sort_index()
    )


def _n(result: StoredResult) -> int:
    return int(result.manifest["data"]["n"])


def _at_most_as_sure(row: "pd.Series[float]") -> dict[str, float]:
    """A mean of shares as if each were all or nothing, whose interval is never too narrow."""
    n = int(row["n"])
    return dict(vars(accuracy(round(row["purity"] * n), n)))
