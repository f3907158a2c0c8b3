import ast
import subprocess
import sys

import pytest
import torch

from core.errors import InputError
from core.seeding import derive_seed, generator, seeded, uniform
from core.store import PROJECT


def draw(*arguments: int | str) -> list[float]:
    return torch.rand(4, generator=generator(*arguments)).tolist()  # type: ignore[arg-type]


def test_the_seed_and_every_name_matter() -> None:
    seeds = {derive_seed(0), derive_seed(1), derive_seed(0, "a"), derive_seed(0, "b"), derive_seed(0, "a", 1)}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derive_seed(0, 1) != derive_seed(0, "1")
    assert derive_seed(0, "a") == 739273521946992771


def test_equal_generators_draw_equally() -> None:
    assert draw(0, "a") == draw(0, "a") != draw(0, "b")
    assert draw(3) == torch.rand(4, generator=torch.Generator().manual_seed(3)).tolist()


def test_other_processes_draw_equally() -> None:
    program = (
        "import torch; from core.seeding import generator; print(torch.rand(4, generator=generator(7, 'x')).tolist())"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(draw(7, "x"))


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1, 10**30])
def test_seeds_beyond_64_bits_are_refused(seed: int) -> None:
    with pytest.raises(InputError, match="must fit 64 bits"):
        generator(seed)
    generator(seed, "but names make a seed of any number")


def test_one_generator_an_image_draws_image_by_image() -> None:
    rows = uniform((3, 2, 2), [generator(0, i) for i in range(3)])
    assert rows.shape == (3, 2, 2)
    assert torch.equal(rows[1], torch.rand(2, 2, generator=generator(0, 1)))
    assert torch.equal(uniform((3, 2), generator(5)), torch.rand(3, 2, generator=generator(5)))
    assert uniform((2,), [generator(0), generator(1)], torch.float64).dtype == torch.float64


def test_seeded_blocks_repeat_and_leave_no_trace() -> None:
    before = torch.get_rng_state()
    drawn = []
    for _ in range(2):
        with seeded(0, "block"):
            drawn.append(torch.rand(3))
    assert torch.equal(*drawn)
    assert torch.equal(torch.get_rng_state(), before)


SEEDS_IN_A_ROW = {"core/analysis/channels/experiment.py"}  # each of them a seed that a person can choose


def test_no_seed_is_a_sum_of_a_seed_and_a_position() -> None:
    """Image 100 of seed 0 would draw what image 0 of seed 100 does; `derive_seed` takes both, and keeps them apart."""
    found = set()
    for path in (PROJECT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                ends = {getattr(side, "attr", getattr(side, "id", "")) for side in (node.left, node.right)}
                found |= {path.relative_to(PROJECT).as_posix()} if "seed" in ends else set()
    assert found <= SEEDS_IN_A_ROW
