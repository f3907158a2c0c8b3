"""Which test images and channels are worth a picture, by one rule for every model, from its survey. No torch."""

from pandas import DataFrame, Series

IMAGES, CHANNELS = 4, 8  # pictured
RULE = (
    "For each of these, the first test image on which, in the survey of {model}, the attack turns the network while "
    "the robust channels keep the true label; the attack turns both; it turns nothing; the network is wrong before it; "
    f"no channel is robust; then more of the first until there are {IMAGES}. Channels of each network: the "
    f"{CHANNELS // 2} that are robust most often and {CHANNELS // 2} that are least often, of these the most active."
)


def telling_images(images: DataFrame) -> list[int]:
    """The first image of each case of RULE that there is, then more of the first case, in order of the cases.

    Args:
        images: one row each, as `core.analysis.start.experiment.Survey` makes them.
    """
    found = [int(images.loc[case, "index"].iloc[0]) for case in _cases(images) if case.any()]
    more = [int(index) for index in images.loc[_cases(images)[0], "index"]]
    return list(dict.fromkeys([*found, *more]))[:IMAGES]


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
