"""An attack's results so far in one safetensors file, whole after every batch: what is done is not done again."""

from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from core import store
from core.attacks.outcome import Attacked
from core.errors import InputError


@dataclass(frozen=True)
class Kept:
    """Where the results of one attack are kept. Whoever names the file sees to it that one name means one attack.

    Args:
        path: of the file, which need not be there.
    """

    path: Path

    def load(self) -> Attacked:
        """What is done so far.

        Raises:
            InputError: a damaged file.
        """
        if not self.path.is_file():
            return Attacked.nothing()
        try:
            return Attacked(**load_file(self.path))
        except (SafetensorError, TypeError) as error:
            raise InputError(f"{self.path} is not a whole file ({error}); delete it, or evaluate --fresh.") from error

    def save(self, done: Attacked) -> None:
        """Replace the file, whole or not at all."""
        with store.writing(self.path) as temporary:
            save_file({name: column.contiguous() for name, column in vars(done).items()}, temporary)

    def drop(self) -> None:
        """Forget."""
        self.path.unlink(missing_ok=True)
