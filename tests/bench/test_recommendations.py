"""The benchmark of recommendations runs on a small shop, beside the library."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from bench.recommendations import main, write_purchases


def test_methods_are_measured_beside_the_library() -> None:
    told = CliRunner().invoke(
        main,
        [
            *("--customers", "1000", "--products", "300", "--purchases", "8000"),
            *("--method", "buy_again", "--method", "item_neighbours"),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "1,000 customers, 300 products, 8,000 purchases" in told.output
    peer, *methods = told.output.strip().splitlines()[-3:]
    assert peer.startswith("implicit: read ")
    assert [line.partition(":")[0] for line in methods] == ["buy_again", "item_neighbours"]
    assert all(" of the CPU, " in line for line in methods)


def test_the_same_purchases_are_drawn_each_time(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write_purchases(tmp_path / name, 1000, 300, 5000)
    first, second = np.load(tmp_path / "a.npz"), np.load(tmp_path / "b.npz")
    assert all((first[name] == second[name]).all() for name in ("customer", "product", "age"))
    assert first["product"].max() < 300
    assert (np.diff(first["customer"]) >= 0).all()
