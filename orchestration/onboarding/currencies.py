"""The currency of orders: of a column, or of the signs beside amounts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from orchestration.landing.written import CURRENCY
from orchestration.onboarding.answers import NO_ANSWERS, Answers
from orchestration.onboarding.expressions import reference
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.quoting import code_span, quoted
from orchestration.warehouse.questions import Question

# What signs mean. Some mean several currencies: which, only another sign beside them tells.
_CODES: Mapping[str, str] = {
    **{"€": "EUR", "£": "GBP", "R$": "BRL", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD"},
    **{"A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "MX$": "MXN"},
    **{"₩": "KRW", "₹": "INR", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "฿": "THB"},
    **{"₱": "PHP", "₪": "ILS", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "元": "CNY", "円": "JPY"},
    **{"Fr.": "CHF", "lei": "RON"},
}
_AMBIGUOUS = {"$": "USD", "¥": "CNY", "￥": "CNY"}
_AMOUNTS = ("total_amount", "goods_amount", "net_amount", "unit_price")
_SEVERAL = 2
_SHOWN = 8


def settle_currency(
    chosen: dict[str, EntityGuess], answers: Answers = NO_ANSWERS
) -> list[Question]:
    """Takes signs beside amounts for the currency where no column has it; asks where several are.

    Amounts in several currencies are never added up without a rate.
    """
    orders = chosen.get("orders")
    if orders is None:
        return []
    found = orders.columns.get("currency")
    codes = {value.upper() for value in found.profile.values} if found else set()
    if found is None:
        amount = _amount_with_signs(orders, chosen.get("order_lines"))
        if amount is None:
            return []
        signs = _signs(amount.profile.values)
        codes = set(signs.values())
        found = replace(amount, column="currency", sql=_sql(amount, signs))
        chosen["orders"] = replace(orders, columns={**orders.columns, "currency": found})
    is_known = "other-currencies" in answers.leave_out
    return _question(found, sorted(codes)) if len(codes) >= _SEVERAL and not is_known else []


def _amount_with_signs(orders: EntityGuess, lines: EntityGuess | None) -> ColumnGuess | None:
    """The first amount in the rows of orders beside which signs tell a currency."""
    of_rows = [lines] if lines and lines.table.name == orders.table.name else []
    for found in (orders, *of_rows):
        for name in _AMOUNTS:
            one = found.columns.get(name)
            if one and one.profile.column.is_text and not one.sql and _signs(one.profile.values):
                return one
    return None


def _signs(values: Iterable[str]) -> dict[str, str]:
    """Sign → currency; nothing where all that is there is one that may mean several."""
    pattern = re.compile(CURRENCY)
    found = {sign[0] for value in values if (sign := pattern.search(value))}
    known = {sign: code for sign in found if (code := _code(sign))}
    ambiguous = {sign: _AMBIGUOUS[sign] for sign in found & _AMBIGUOUS.keys()}
    return known | ambiguous if len(found) >= _SEVERAL or known else {}


def _code(sign: str) -> str:
    return _CODES.get(sign) or (sign if re.fullmatch("[A-Z]{3}", sign) else "")


def _sql(amount: ColumnGuess, signs: Mapping[str, str]) -> str:
    name = reference(amount.profile.name)
    # The longest first: `US$` has a `$` in it.
    cases = [
        f"    when contains({name}, {quoted(sign)}) then {quoted(signs[sign])}"
        for sign in sorted(signs, key=lambda sign: (-len(sign), sign))
    ]
    return "\n".join(["case", *cases, "end"])


def _question(found: ColumnGuess, codes: list[str]) -> list[Question]:
    listed = ", ".join(code_span(code) for code in codes[:_SHOWN])
    return [
        Question(
            code_span(found.profile.name),
            f"There are {len(codes)} currencies ({listed}): which one do the portraits count in, "
            "and at what rate?",
            (
                "the currency: the var reporting_currencies; else it is that of the first orders",
                "the rate: a line of seeds/exchange_rates.csv; until then orders in others wait",
            ),
            "--leave-out other-currencies",
            reason="missing_exchange_rate",
        )
    ]
