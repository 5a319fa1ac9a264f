"""What training networks has in common: the library, one thread, seeds, batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.extras import importing
from ml.recommendation.interactions import Interactions
from ml.recommendation.item_neighbours import is_among_most

if TYPE_CHECKING:
    import torch

Weights = dict[str, NDArray[np.float32]]
"""The parameters of a network by name."""


def library() -> Any:
    """PyTorch.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    with importing("torch", "the method needs"):
        import torch
    return torch


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Draws the same on one thread, and leaves the library as it was."""
    torch = library()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def shuffled(count: int, size: int) -> "Iterator[torch.Tensor]":
    """Positions of `count` rows in a new order, so many at a time."""
    yield from library().randperm(count).split(size)


def arrays_of(network: "torch.nn.Module") -> Weights:
    """The parameters of a network, to be kept."""
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def with_weights(network: Any, weights: Weights) -> Any:
    """The network with parameters that were kept, to be asked."""
    torch = library()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return network.eval()


def known_products(interactions: Interactions, most: int) -> NDArray[np.int64]:
    """Those that most customers have, of those that any has, ascending."""
    holders = np.diff(interactions.weights().tocsc().indptr)
    return np.flatnonzero((holders > 0) & is_among_most(holders, most))
