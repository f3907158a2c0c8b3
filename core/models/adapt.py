"""Any torch.fx-traceable classifier as one that can be cut: its graph is split at a named node, no hooks."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, fx, nn

from core.errors import InputError
from core.registry import unknown_name
from core.types import Features, Images, Logits


class Adapted(nn.Module):
    """A foreign classifier cut in two at one node; `head(features(x)) == model(x)`.

    Args:
        encoder: from the normalized image to the node.
        rest: from the node to the logits.
        cut: the node's name, the only cut.
        mean, std: one number a channel; (x - mean) / std happens inside, so that epsilon stays in pixel units.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, encoder: nn.Module, rest: nn.Module, cut: str, mean: Sequence[float], std: Sequence[float]
    ) -> None:
        super().__init__()
        self.encoder, self.rest = encoder, rest
        self.cuts: tuple[str, ...] = (cut,)
        self.default_cut = cut
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32).view(-1, 1, 1))

    def forward(self, x: Images) -> Logits:
        return self.head(self.features(x))

    def features(self, x: Images, at: str | None = None) -> Features:
        """Output of the node at the cut. Raises InputError on any other cut."""
        self._check(at)
        return self.encoder((x - self.mean) / self.std)

    def head(self, z: Features, at: str | None = None) -> Logits:
        """Logits (n, k) from the node's output `z`, which stays as it is: what works in place gets a copy."""
        self._check(at)
        return self.rest(z.clone())

    def _check(self, at: str | None) -> None:
        if at is not None and at not in self.cuts:
            raise InputError(unknown_name("cut", at, self.cuts))


def adapt(model: nn.Module, cut: str, *, normalize: tuple[Sequence[float], Sequence[float]] | None = None) -> Adapted:
    """Cut a copy of any torch.fx-traceable classifier at a node of its graph. It comes back in eval mode.

    Args:
        model: from images (n, c, h, w) to logits (n, k); one tensor in, one out. It stays as it is.
        cut: a name from `cut_points(model)`; dots may stand for its underscores ("layer4.1.bn2").
        normalize: mean and standard deviation a channel that the model expects its input to have been normalized with;
            None where it takes pixels in [0, 1].
    Raises:
        InputError: a model that cannot be traced, or a node that some path to the logits goes around.
    """
    traced = _trace(model)
    points = _dominators(traced.graph)
    written = cut.replace(".", "_")
    name = next((name for name in (written, f"_{written}") if name in points), None)  # fx writes "0" as "_0"
    if name is None:
        raise InputError(
            unknown_name("cut", cut, tuple(points)) + " Every path from the image to the logits must go through a cut."
        )
    mean, std = ((0.0,), (1.0,)) if normalize is None else normalize
    return Adapted(_until(traced, points[name]), _after(traced, points[name]), name, mean, std).eval()


def cut_points(model: nn.Module) -> tuple[str, ...]:
    """Names of the nodes that every path from the image to the logits goes through, in order.

    Distilling wants one with a map per channel, (n, c, h, w), and reads best before a ReLU.
    """
    return tuple(_dominators(_trace(model).graph))


def _trace(model: nn.Module) -> fx.GraphModule:
    try:  # in eval mode, because fx writes down the branch that `self.training` takes
        traced = fx.symbolic_trace(copy.deepcopy(model).eval())
    except (TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise InputError(
            f"{type(model).__name__} cannot be traced by torch.fx ({str(error)[:120]}); "
            "rewrite the branch that depends on values, or build it from Staged."
        ) from error
    inputs = [node.name for node in traced.graph.nodes if node.op == "placeholder"]
    if len(inputs) != 1:
        raise InputError(f"{type(model).__name__} takes {len(inputs)} inputs; a classifier takes the images alone.")
    return traced


def _from_image(graph: fx.Graph) -> list[fx.Node]:
    """The nodes that depend on the image, in order; the rest are constants of the network."""
    found: dict[fx.Node, None] = {}
    for node in graph.nodes:
        if node.op == "placeholder" or any(source in found for source in node.all_input_nodes):
            found[node] = None
    return list(found)


def _dominators(graph: fx.Graph) -> dict[str, fx.Node]:
    """Nodes, by name, that no edge between two image-dependent nodes jumps over in topological order."""
    nodes = _from_image(graph)
    position = {node: i for i, node in enumerate(nodes)}
    dominators, reach = {}, 0  # reach: the furthest reader of everything before this node
    for i, node in enumerate(nodes):
        if reach <= i and node.op not in ("placeholder", "output"):
            dominators[node.name] = node
        reach = max([reach, *(position[user] for user in node.users)])
    return dominators


def _until(traced: fx.GraphModule, cut: fx.Node) -> fx.GraphModule:
    """The part of the graph that computes `cut`."""
    graph, copies = fx.Graph(), dict[fx.Node, fx.Node]()
    for node in traced.graph.nodes:
        copies[node] = graph.node_copy(node, copies.__getitem__)
        if node is cut:
            break
    graph.output(copies[cut])
    return fx.GraphModule(traced, graph)


def _after(traced: fx.GraphModule, cut: fx.Node) -> fx.GraphModule:
    """The part of the graph that computes the logits from `cut`, with the constants it reads.

    A node without readers is copied too: it may work in place.
    """
    graph = fx.Graph()
    copies = {cut: graph.placeholder("z")}

    def copied(node: fx.Node) -> fx.Node:
        if node not in copies:
            copies[node] = graph.node_copy(node, copied)
        return copies[node]

    nodes = _from_image(traced.graph)
    for node in nodes[nodes.index(cut) + 1 :]:
        copied(node)
    return fx.GraphModule(traced, graph)
