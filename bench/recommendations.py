"""`python -m bench.recommendations`: each method on a large shop, beside the library implicit.

Purchases are drawn, some products far more often than others, each customer with kinds of products
that they like. Each method has a process of its own, which learns from all purchases and lists ten
products for everybody.
"""

import json
import sys
import tempfile
from pathlib import Path

import click
import numpy as np

from bench.machine import machine
from bench.measure import ONE_THREAD, Cost, measure
from orchestration.project import Project

PEER = "implicit"
"""Item-item neighbours of the library implicit, BM25."""
_METHODS = (
    "popularity",
    "buy_again",
    "due_again",
    "customer_neighbours",
    "item_neighbours",
    "ease",
)
_KINDS = 100
_DAYS = 365
# Of purchases the share that is of a kind that the customer likes; each likes so many.
_LIKED, _LIKES = 0.7, 3
# How much rarer each product is than the one before it: Zipf's exponent.
_SKEW = 0.9


def write_purchases(
    file: Path, customers: int, products: int, purchases: int, seed: int = 0
) -> None:
    """Draws who bought what on which day: columns customer, product, age of a file of numpy."""
    generator = np.random.default_rng(seed)
    often = np.cumsum(np.arange(1, products + 1) ** -_SKEW)
    drawn = generator.random(purchases) * often[-1]
    product = np.searchsorted(often, drawn).astype(np.int32)
    customer = np.sort(generator.integers(0, customers, purchases, dtype=np.int32))
    likes = generator.integers(0, _KINDS, (customers, _LIKES), dtype=np.int32)
    kind = likes[customer, generator.integers(0, _LIKES, purchases)]
    is_liked = generator.random(purchases) < _LIKED
    product = np.where(is_liked, product - product % _KINDS + kind, product)
    age = generator.integers(1, _DAYS + 1, purchases).astype(np.float32)
    np.savez(file, customer=customer, product=np.minimum(product, products - 1), age=age)


@click.command()
@click.option("--customers", type=click.IntRange(1000), default=1_000_000, show_default=True)
@click.option("--products", type=click.IntRange(200), default=20_000, show_default=True)
@click.option("--purchases", type=click.IntRange(1000), default=13_000_000, show_default=True)
@click.option("--method", "methods", multiple=True, default=_METHODS)
def main(customers: int, products: int, purchases: int, methods: tuple[str, ...]) -> None:
    """What learning and ten products for everybody cost, by each method."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-recommendations-") as folder:
        file = Path(folder, "purchases.npz")
        write_purchases(file, customers, products, purchases)
        click.echo(f"{customers:,} customers, {products:,} products, {purchases:,} purchases")
        peer, told = _measured(PEER, file)
        click.echo(f"{PEER}: {_told(peer, told)}")
        for method in methods:
            cost, told = _measured(method, file)
            click.echo(
                f"{method}: {_told(cost, told)}; {cost.cpu / peer.cpu:.2f} of the CPU, "
                f"{cost.peak_memory / peer.peak_memory:.2f} of the memory of {PEER}"
            )


def _measured(method: str, purchases: Path) -> tuple[Cost, dict[str, float]]:
    out = purchases.with_name("seconds.json")
    cost = measure(
        [sys.executable, "-m", "bench.recommendations_once", method, str(purchases), str(out)],
        environment=ONE_THREAD,
        folder=Project.find().root,
        log=purchases.with_name("log"),
    )
    told: dict[str, float] = json.loads(out.read_bytes())
    return cost, told


def _told(cost: Cost, seconds: dict[str, float]) -> str:
    parts = ", ".join(f"{part} {cpu:.1f} s" for part, cpu in seconds.items())
    return f"{parts}; CPU of all {cost.cpu:.1f} s, peak {cost.peak_memory / 1e9:.2f} GB"


if __name__ == "__main__":
    main(prog_name="python -m bench.recommendations")
