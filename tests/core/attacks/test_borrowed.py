import subprocess
import sys
from threading import Thread
from typing import Any

import torch

from core.attacks import APGDCE, ThreatModel
from core.attacks.borrowed import Clean, Network, OwnDraws, in_turn
from core.seeding import generator
from core.store import PROJECT
from core.types import Images, Logits

THREAT = ThreatModel(epsilon=0.5)


def first_pixel(x: Images) -> Logits:
    """Class 1 above one half."""
    return torch.stack([0.5 - x[:, 0, 0, 0], x[:, 0, 0, 0] - 0.5], dim=1)


def images(*pixels: float) -> Images:
    return torch.tensor(pixels).view(-1, 1, 1, 1)


def test_a_run_gets_what_is_still_right_and_inside_the_ball_counts() -> None:
    seen: list[list[float]] = []

    def turns_the_last(network: Network, clean: Clean) -> Images:
        seen.append(clean.x.flatten().tolist())
        assert torch.equal(network(clean.x), clean.logits)
        return torch.cat([clean.x[:-1], torch.ones_like(clean.x[-1:])])

    x, y = images(0.0, 0.25, 0.75, 0.375), torch.tensor([0, 0, 0, 0])
    x_adv = in_turn(lambda classes: [turns_the_last] * (classes + 2), THREAT, first_pixel, x, y, generator(0))  # type: ignore[arg-type]
    assert seen == [[0.0, 0.25, 0.375], [0.0, 0.25], [0.0], [0.0]]  # 0 reaches one half, which is still class 0
    assert x_adv.flatten().tolist() == [0.0, 0.75, 0.75, 0.875]


def test_what_the_library_draws_first_is_each_image_s_own() -> None:
    own = [generator(0, i) for i in range(3)]
    with OwnDraws(first_pixel, own, 0) as drawn:  # type: ignore[arg-type]
        start = torch.rand([3, 1, 2, 2])
        drawn.network(images(0.1))
        later, shared = torch.rand((3, 1, 2, 2)), torch.randn([2])
    expected = torch.stack([torch.rand(1, 2, 2, generator=generator(0, i)) for i in range(3)])
    assert torch.equal(start, expected)
    assert torch.equal(later[0], later[2])
    with OwnDraws(first_pixel, own[:1], 0) as drawn:  # type: ignore[arg-type]
        drawn.network(images(0.1))
        assert torch.equal(torch.rand((1, 1, 2, 2))[0], later[0])
        assert torch.equal(torch.randn([2]), shared)


def test_a_network_keeps_its_own_draws() -> None:
    def random(x: Images) -> Logits:
        return torch.rand(x.shape)

    torch.manual_seed(7)
    expected = torch.rand(2, 1, 1, 1)
    torch.manual_seed(7)
    with OwnDraws(random, generator(0), 0) as drawn:  # type: ignore[arg-type]
        torch.rand([2, 1, 1, 1])
        assert torch.equal(drawn.network(images(0.1, 0.2)), expected)


def test_another_thread_draws_as_ever() -> None:
    torch.manual_seed(7)
    expected = torch.rand(5)
    torch.manual_seed(7)
    found: list[torch.Tensor] = []
    with OwnDraws(first_pixel, generator(0), 0):  # type: ignore[arg-type]
        thread = Thread(target=lambda: found.append(torch.rand(5)))
        thread.start()
        thread.join()
    assert torch.equal(found[0], expected)


def test_the_library_is_imported_where_it_is_used() -> None:
    program = "import sys, core.attacks; print('pyautoattack' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_nothing_right_is_nothing_to_do() -> None:
    attack: Any = APGDCE(threat=THREAT, steps=2)
    x = images(0.1, 0.2)
    assert torch.equal(attack(first_pixel, x, torch.tensor([1, 1]), generator=generator(0)), x)
    assert attack(first_pixel, x[:0], torch.zeros(0, dtype=torch.long), generator=generator(0)).shape == (0, 1, 1, 1)
