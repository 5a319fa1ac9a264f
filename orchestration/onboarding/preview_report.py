"""The preview of a draft, as `portrait source add` prints it."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console

from orchestration.console import make_table
from orchestration.onboarding.preview import Preview, ShownOrder, ShownPortrait
from orchestration.quoting import plain_line, shortened

_COLUMNS = ("Order", "Customer", "Day", "State", "Lines", "Gross", "Discount", "Net", "Currency")
_NUMBERS_FROM = 4


def print_preview(console: Console, preview: Preview) -> None:
    """Prints orders and a portrait, or why there are none."""
    if preview.failed:
        told = f"No preview, because the drafts do not run: {preview.failed}"
        console.print(f"\n{plain_line(told)}", soft_wrap=True)
        return
    if not preview.orders:
        return
    part = "the first orders of the files" if preview.is_part else "the files"
    console.print(f"\nAs these drafts make it of {part}:")
    table = make_table(*_COLUMNS, numbers_from=_NUMBERS_FROM)
    for order in preview.orders:
        table.add_row(*_cells(order))
    console.print(table)
    portrait = preview.portrait
    told = _sentence(portrait) if portrait else "No portrait: no order is accepted as it stands."
    console.print(plain_line(told), soft_wrap=True)


def _cells(order: ShownOrder) -> Sequence[str]:
    return (
        _text(order.number),
        _text(order.customer),
        _text(order.day),
        order.state,
        "" if order.lines is None else f"{order.lines:,}",
        *(_money(amount) for amount in (order.gross, order.discount, order.net)),
        _text(order.currency),
    )


def _text(value: object) -> str:
    return "" if value is None else plain_line(shortened(value))


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _sentence(portrait: ShownPortrait) -> str:
    """The portrait in one line."""
    many = "1 order" if portrait.orders == 1 else f"{portrait.orders:,} orders"
    spend = "of unknown value" if portrait.spend is None else f"for {_money(portrait.spend)}"
    told = [f"{shortened(portrait.customer)}: {many} {spend}"]
    told[0] += f" {portrait.currency}" if portrait.spend is not None and portrait.currency else ""
    if portrait.first_order:
        told.append(f"from {portrait.first_order} to {portrait.last_order}")
    if portrait.days_between is not None:
        told.append(f"{portrait.days_between:.0f} days between them")
    if portrait.returned:
        told.append(f"{_money(portrait.returned)} given back")
    if portrait.top_product:
        told.append(f"most of it for {shortened(portrait.top_product)}")
    if portrait.top_category:
        told.append(f"mostly {shortened(portrait.top_category)}")
    return ", ".join(told)
