from types import SimpleNamespace

import pytest

from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.state import Selection


class Address(dict[str, str]):
    """The browser's address as a run is told it: that of the moment when the run was asked for."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__(told)
        self.written: list[dict[str, str]] = []

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, parameters: dict[str, str]) -> None:
        self.written.append(parameters)


def test_a_run_that_cut_another_one_short_writes_the_address_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second upload takes the first away and brings its own in two runs, both asked for under the first's address."""
    own, without = Selection(model="m", own="0123456789abcdef"), Selection(model="m")
    address = Address(to_parameters(own))
    monkeypatch.setattr(session, "st", SimpleNamespace(session_state={}, query_params=address))
    session.keep(own)
    for selection in (without, own):
        session.keep(selection)
        assert address.written[-1] == to_parameters(selection)
    count = len(address.written)
    session.keep(own)
    assert len(address.written) == count, "what stands there already is not written again"
