"""The reading of amounts that is taken is the one that adds up; what nothing decides is doubted."""

from decimal import Decimal
from pathlib import Path

from orchestration.onboarding.amounts import OrderAmounts, Reading, decide, spend
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage


def order(key: str, **amounts: str | int) -> OrderAmounts:
    return OrderAmounts(
        key,
        **{name: Decimal(amount) for name, amount in amounts.items()},  # type: ignore[arg-type]
    )


def test_the_total_says_whether_a_price_is_that_of_one_or_of_the_line() -> None:
    lines = {"by_unit": "102", "by_line": "42"}
    assert decide([order("1", **lines, total="42")]).reading.price_is_line
    assert not decide([order("1", **lines, total="102")]).reading.price_is_line


def test_goods_may_be_before_or_after_the_discount_on_the_order() -> None:
    amounts = {"discount": "10", "shipping": "5", "total": "45"}
    before = decide([order("1", goods="50", **amounts)])
    after = decide([order("1", goods="40", **amounts)])
    assert not before.reading.is_discount_in_goods
    assert after.reading.is_discount_in_goods
    for verdict, goods in ((before, "50"), (after, "40")):
        assert spend(order("1", goods=goods, **amounts), verdict.reading) == 40
        assert not verdict.doubts


def test_tax_may_be_on_top_of_prices_or_in_them() -> None:
    assert not decide([order("1", goods="100", tax="19", total="119")]).reading.is_tax_in
    assert decide([order("1", goods="119", tax="19", total="119")]).reading.is_tax_in


def test_a_discount_on_the_order_may_count_those_on_its_lines() -> None:
    """Of 12 off the order 2 stand on a line: 10 are left to be taken off."""
    lines = {"by_unit": "52", "by_line": "52", "line_discount": "2", "discount": "12"}
    told = order("1", **lines, goods="40", total="40")
    verdict = decide([told])
    assert verdict.reading.is_discount_in_lines
    assert spend(told, verdict.reading) == 40


def test_the_share_is_that_of_orders_that_can_be_compared_and_exceptions_are_named() -> None:
    right = [order(str(n), goods="10", shipping="2", total="12") for n in range(98)]
    wrong = [order("odd", goods="10", shipping="2", total="13")]
    verdict = decide([*right, *wrong, order("alone", total="9")])
    assert (verdict.compared, verdict.agreeing) == (99, 98)
    assert verdict.exceptions == ("odd",)
    assert round(verdict.share, 3) == 0.990


def test_a_cent_a_line_is_rounding_and_more_is_not() -> None:
    three = {"line_count": 3, "net": "10.00"}
    assert decide([order("1", **three, total="10.01")]).agreeing == 1
    assert decide([order("1", **three, total="10.02")]).agreeing == 0


def test_what_nothing_decides_is_doubted_if_money_hangs_on_it() -> None:
    assert decide([order("1", by_unit="30", by_line="10")]).doubts == ("price_is_line",)
    # One of everything: the price of one is that of the line.
    assert decide([order("1", by_unit="10", by_line="10")]).doubts == ()
    assert decide([order("1", tax="2", total="12")]).doubts == ("is_tax_in",)
    assert decide([order("1", tax="0", total="12")]).doubts == ()


def test_where_nothing_decides_the_usual_is_taken() -> None:
    usual = Reading(is_tax_in=True)
    assert decide([order("1", tax="2", total="12")], usual).reading == usual


def test_the_product_of_large_numbers_is_an_amount_or_none(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """A price in rupiah and a quantity that is a mistake: neither may stop the run."""
    header = "order_id,customer_id,order_date,sku,quantity,price,order_total\n"
    lines = "1,a,2025-03-01,x,200,90000000,18000000000\n2,b,2025-03-02,x,4000000000000,90000000,5\n"
    (tmp_path / "sales.csv").write_text(header + lines)
    sample, guessed = guess_at(tmp_path)
    amounts = rows(sample.connection, stage(sample, guessed)["order_lines"], "net_amount")
    assert amounts == [(Decimal(18_000_000_000),), (None,)]
