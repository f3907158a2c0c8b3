import pandas as pd
import pytest
import torch

from core.analysis.echo import echoes

SAID, SUPPLIED, ROBUST = [1, 1, 2, 0], [1, 2, 2, 0], [4, 4, 0, 1]


@pytest.mark.parametrize("kind", [list, pd.Series, torch.tensor])
def test_an_echo_is_the_label_supplied_said_by_channels_that_are_there(kind: type) -> None:
    assert echoes(kind(SAID), kind(SUPPLIED), kind(ROBUST)).tolist() == [True, False, False, True]
