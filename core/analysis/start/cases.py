"""Which test images and channels are worth a picture, by one rule for every model, from its survey. No torch."""

from typing import Any

from pandas import DataFrame, Series

IMAGES, CHANNELS = 4, 8  # pictured
RULE = (
    "The image that Start shows, if the survey has one; then, for each of these, the first test image on which, in the "
    "survey of {model}, the attack turns the network while the robust channels keep the true label; the attack turns "
    "both; it turns nothing; the network is wrong before it; no channel is robust; then more of the first until there "
    f"are {IMAGES}. Channels of each network: the {CHANNELS // 2} that are robust most often and {CHANNELS // 2} that "
    "are least often, of these the most active."
)


def telling_images(images: DataFrame, opening: dict[str, Any] | None = None) -> list[int]:
    """Start's image; the first image of each case of RULE that there is; then more of the first case, in this order.

    Args:
        images: one row each, as `core.analysis.start.experiment.Survey` makes them.
        opening: the record of Start's image in the survey; None where it has none.
    """
    first = [] if opening is None else [int(opening["image"])]
    found = [int(images.loc[case, "index"].iloc[0]) for case in _cases(images) if case.any()]
    more = [int(index) for index in images.loc[_cases(images)[0], "index"]]
    return list(dict.fromkeys([*first, *list(dict.fromkeys([*found, *more]))[:IMAGES]]))


def telling_channels(channels: DataFrame) -> list[int]:
    """The channels that are robust most often, then those that are least often, of these the most active first.

    Args:
        channels: one row each, as `core.analysis.start.experiment.channel_table` makes them.
    """
    order = channels.sort_values(["robust_share", "mean_activation"], ascending=[True, False], kind="stable")
    ranked = [int(channel) for channel in order["channel"]]
    half = min(CHANNELS, len(ranked)) // 2
    return [*ranked[::-1][:half], *ranked[:half]]


def _cases(images: DataFrame) -> "list[Series[bool]]":
    right = images["clean_all"] == images["label"]
    turned = right & (images["attacked_all"] != images["label"])
    kept = images["attacked_robust"] == images["label"]
    return [turned & kept, turned & ~kept, right & ~turned, ~right, images["empty"]]
