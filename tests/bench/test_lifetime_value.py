"""The benchmark of lifetime value runs on a small shop, and measures models that hold."""

from click.testing import CliRunner

from bench.lifetime_value import main


def test_each_model_is_measured() -> None:
    told = CliRunner().invoke(main, ["--customers", "3000", "--model", "bg_nbd"])
    assert told.exit_code == 0, told.output
    assert "3,000 customers" in told.output
    line = told.output.strip().splitlines()[-1]
    assert line.startswith("bg_nbd: histories ")
    assert " GB, bias of the hold-out " in line
    assert "not" not in line
