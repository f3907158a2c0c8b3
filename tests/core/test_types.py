import subprocess
import sys

from core.models import Adapted, Staged
from core.store import PROJECT
from core.types import Classifier


def test_names_of_tensors_come_without_torch_until_they_are_asked_for() -> None:
    program = "import sys, core.types as t; assert 'torch' not in sys.modules; assert t.Images.__name__ == 'Tensor'"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)


def test_both_kinds_of_network_are_classifiers() -> None:
    members = {name for name in vars(Classifier) if not name.startswith("_")}
    assert {"features", "head"} <= members
    for kind in (Staged, Adapted):
        assert all(callable(getattr(kind, name)) for name in ("__call__", "features", "head"))
