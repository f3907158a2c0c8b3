import pandas as pd
import pytest

from core.analysis.channels.findings import answer, doubt, for_classes


def classes(*rows: list[float]) -> pd.DataFrame:
    """A row a class and channel, from one list of shares a class."""
    cells = [(label, channel, share) for label, row in enumerate(rows) for channel, share in enumerate(row)]
    return pd.DataFrame(cells, columns=["class", "channel", "robust_share"])


def test_a_channel_is_for_a_class_where_it_is_robust_in_most_of_its_images() -> None:
    table = classes([0.1 * 8, 0.79, 1.0, 0.0], [float("nan")] * 4)
    assert for_classes(table).tolist() == [[True, False, True, False], [False] * 4]


def test_the_answer_counts_one_class_several_and_none() -> None:
    table = classes([1.0, 0.9, 0.0, 0.0], [0.0, 0.8, 0.7, 0.0])
    assert answer(table) == "**1** channel is robust for one class alone, **1** for several, **2** for none."
    assert answer(classes([1.0, 0.9])).startswith("**2** channels are")


@pytest.mark.parametrize(
    ("shared", "repeated", "says"),
    [
        (0.47, 1.0, ["share only 47", "repeat it on 100"]),
        (0.95, None, ["share 95"]),
        (None, None, ["Another noise seed"]),
    ],
)
def test_the_doubt_names_seeds_and_labels_as_far_as_they_were_counted(
    shared: float | None, repeated: float | None, says: list[str]
) -> None:
    found = {"agreement": {"seeds": {"jaccard": None if shared is None else {"mean": shared}}}}
    sentence = doubt(found, repeated)
    assert all(part in sentence for part in says)
    assert sentence.count(".") == len(says)
