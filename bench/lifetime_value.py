"""`python -m bench.lifetime_value`: each model of lifetime value on a large shop.

Customers are drawn with the parameters of CDNOW; each model has a process of its own.
"""

import json
import sys
import tempfile
from pathlib import Path

import click
import numpy as np

from bench.machine import machine
from bench.measure import ONE_THREAD, measure
from orchestration.project import Project

_DAYS = 546
# Shapes and scales of BG/NBD and Gamma-Gamma on CDNOW, in days and dollars.
_R, _ALPHA, _A, _B = 0.243, 30.9, 0.793, 2.426
_P, _Q, _V = 6.25, 3.74, 15.44


def write_purchases(file: Path, customers: int, seed: int = 0) -> int:
    """Draws customers who begin within half a year, and says how many purchases they make."""
    generator = np.random.default_rng(seed)
    rates = np.maximum(generator.gamma(_R, 1 / _ALPHA, customers), 1e-9)
    leaves = generator.beta(_A, _B, customers)
    who = np.arange(customers)
    day = generator.uniform(0, _DAYS / 3, customers)
    whose, days = [who], [day]
    while len(who):
        day = day + generator.exponential(1 / rates[who])
        who, day = who[day < _DAYS], day[day < _DAYS]
        whose.append(who)
        days.append(day)
        stays = generator.random(len(who)) > leaves[who]
        who, day = who[stays], day[stays]
    customer = np.concatenate(whose)
    worth = _V / generator.gamma(_Q, 1, customers)
    amount = worth[customer] * generator.gamma(_P, 1, len(customer))
    np.savez(file, customer=customer, day=np.concatenate(days).astype(np.int64), amount=amount)
    return len(customer)


@click.command()
@click.option("--customers", type=click.IntRange(1000), default=1_000_000, show_default=True)
@click.option("--model", type=str, multiple=True, default=("bg_nbd", "mbg_nbd", "pareto_nbd"))
def main(customers: int, model: tuple[str, ...]) -> None:
    """What histories, fit, values and a hold-out of so many customers cost."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-lifetime-value-") as folder:
        purchases, out = Path(folder, "purchases.npz"), Path(folder, "seconds.json")
        count = write_purchases(purchases, customers)
        click.echo(f"{customers:,} customers, {count:,} purchases")
        for one in model:
            cost = measure(
                [sys.executable, "-m", "bench.lifetime_value_once", one, str(purchases), str(out)],
                environment=ONE_THREAD,
                folder=Project.find().root,
                log=Path(folder, "log"),
            )
            told = json.loads(out.read_bytes())
            parts = ", ".join(f"{part} {wall:.1f} s" for part, wall in told["seconds"].items())
            click.echo(
                f"{one}: {parts}; CPU of all {cost.cpu:.1f} s, peak {cost.peak_memory / 1e9:.2f} "
                f"GB, bias of the hold-out {told['bias']:+.1%} {' '.join(told['notes'])}"
            )


if __name__ == "__main__":
    main(prog_name="python -m bench.lifetime_value")
