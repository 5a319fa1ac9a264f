"""What a table of returns names is taken off the purchase that it names."""

from pathlib import Path

import pytest
import xlsxwriter

from orchestration.onboarding.draft_yml import models_yml
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import mistyped, rows, stage

ORDERS = """\
order_id,order_date,email,sku,quantity,line_total
1,2025-03-01,a@post.example,tea,3,30.00
2,2025-03-02,b@post.example,mug,1,20.00
"""
Rows = list[tuple[object, ...]]
Stated = tuple[Sample, list[str], Rows, Rows]
LINES = "source_order_id, source_product_id, quantity::int, net_amount::double"


def stated(folder: Path, guess_at: Guesser, **files: str) -> Stated:
    """The sample, what is said or asked, the returned orders and their lines."""
    for name, text in {"orders": ORDERS, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return _stated(*guess_at(folder))


def _stated(sample: Sample, guessed: Guess) -> Stated:
    staged = stage(sample, guessed)
    assert mistyped(sample, guessed, staged) == []
    drafted = dict.fromkeys(guessed.entities, "")
    if guessed.entities["orders"].returned:
        assert "keeps_every_row" not in models_yml("shop", guessed.entities, drafted)
    told = [*guessed.says, *(question.text for question in guessed.questions)]
    columns = "source_order_id, source_customer_id, status, order_date::varchar"
    orders = rows(sample.connection, staged["orders"], columns)
    lines = rows(sample.connection, staged["order_lines"], LINES)
    return (
        sample,
        told,
        [one for one in orders if "return/" in str(one[0])],
        [one for one in lines if "return/" in str(one[0])],
    )


def test_a_return_without_an_amount_takes_the_price_of_its_purchase(
    tmp_path: Path, guess_at: Guesser
) -> None:
    text = "return_date,order_id,sku,quantity,reason\n2025-03-10,1,tea,2,damaged\n"
    _, told, orders, lines = stated(tmp_path, guess_at, returns=text)
    assert orders == [("return/1/tea/2025-03-10/1", "a@post.example", "return", "2025-03-10")]
    assert lines == [("return/1/tea/2025-03-10/1", "tea", -2, -20.0)]
    assert "`returns.csv` gives back what it names, by order and product" in told[-1]


@pytest.mark.parametrize("amount", ["10.00", "-10.00"])
def test_a_refund_of_an_order_has_its_own_amount(
    tmp_path: Path, guess_at: Guesser, amount: str
) -> None:
    text = f"order_id,refund_date,refund_amount\n2,2025-03-10,{amount}\n"
    _, told, orders, lines = stated(tmp_path, guess_at, refunds=text)
    assert orders == [("return/2/2025-03-10/1", "b@post.example", "return", "2025-03-10")]
    assert lines == [("return/2/2025-03-10/1", "(refund)", -1, -10.0)]
    assert "at the amount that it names" in told[-1]


def test_a_return_on_an_unknown_day_is_of_the_day_of_its_purchase(
    tmp_path: Path, guess_at: Guesser
) -> None:
    _, _, orders, lines = stated(tmp_path, guess_at, retouren="order_id,sku,quantity\n1,tea,1\n")
    assert orders == [("return/1/tea/1", "a@post.example", "return", "2025-03-01")]
    assert lines == [("return/1/tea/1", "tea", -1, -10.0)]


def test_two_units_that_came_back_are_two_returns(tmp_path: Path, guess_at: Guesser) -> None:
    row = "2025-03-10,1,tea,1\n"
    _, _, orders, _ = stated(
        tmp_path, guess_at, returns=f"return_date,order_id,sku,quantity\n{row}{row}"
    )
    assert [number for number, *_ in orders] == [
        "return/1/tea/2025-03-10/1",
        "return/1/tea/2025-03-10/2",
    ]


def test_what_names_no_purchase_is_nobodys(tmp_path: Path, guess_at: Guesser) -> None:
    """Validation refuses it: the order has no customer, and the line no amount."""
    text = "return_date,order_id,sku,quantity\n2025-03-10,1,tea,1\n2025-03-10,9,tea,1\n"
    _, _, orders, lines = stated(tmp_path, guess_at, returns=text)
    assert [customer for _, customer, *_ in orders] == ["a@post.example", None]
    assert [amount for *_, amount in lines] == [-10.0, None]


@pytest.mark.parametrize(
    "text",
    [
        "return_date,order_id,sku,quantity\n2025-03-10,91,tea,1\n",
        "return_date,sku,reason\n2025-03-10,tea,broken\n",
    ],
)
def test_what_names_no_order_of_the_source_is_asked_about(
    tmp_path: Path, guess_at: Guesser, text: str
) -> None:
    _, told, orders, _ = stated(tmp_path, guess_at, returns=text)
    assert not orders
    assert any("`returns.csv` looks like returns and is not used" in one for one in told)


@pytest.mark.parametrize(("sheet", "amount"), [("Returns", 10), ("Retouren", -10), ("退货", 10)])
def test_a_sheet_of_returns_with_the_columns_of_the_orders(
    tmp_path: Path, guess_at: Guesser, sheet: str, amount: float
) -> None:
    header, *told = [line.split(",") for line in ORDERS.strip().splitlines()]
    back = ["1", "2025-03-10", "a@post.example", "tea", "1", amount]
    with xlsxwriter.Workbook(tmp_path / "shop.xlsx") as book:
        for name, lines in (("Orders", told), ("More", [["3", *told[1][1:]]]), (sheet, [back])):
            page = book.add_worksheet(name)
            for at, line in enumerate([header, *lines]):
                page.write_row(at, 0, line)
    sample, _, _, lines = _stated(*guess_at(tmp_path))
    assert lines == [("return/1/tea/2025-03-10/1", "tea", -1, -10.0)]
    assert [table.meta.get("sheet") for table in sample.tables] == [None, sheet]
    ((sold,),) = sample.connection.execute(
        f"select count(*) from {sample.tables[0].relation}"
    ).fetchall()
    assert sold == 3
