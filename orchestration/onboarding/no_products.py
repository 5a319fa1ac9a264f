"""Lines that are no goods, told by what they are called: postage, tips, gift cards, discounts."""

import re
from collections.abc import Mapping

from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import known_values
from orchestration.quoting import code_span, identifier, quoted

# Behind the word may stand what of it: `Shipping: DHL`, `Gift card 50`.
_MORE = r"( *[:(/–-].*| +[\d€$£¥].*)?"
_SHOWN = 5


def settle_no_products(chosen: Mapping[str, EntityGuess], sample: Sample) -> dict[str, str]:
    """Product's key → kind of line, for products that are called as what is no goods."""
    lines = chosen.get("order_lines")
    key = lines.columns.get("source_product_id") if lines else None
    if lines is None or key is None or key.sql:
        return {}
    product = f"trim(cast({identifier(key.profile.name)} as varchar))"
    called = [product]
    products = chosen.get("products")
    if products and products.table.name == lines.table.name and products.has("name"):
        name = products.columns["name"].profile.name
        called.append(f"trim(cast({identifier(name)} as varchar))")
    kinds: dict[str, str] = {}
    for kind, words in known_values()["line_kind"].items():
        pattern = quoted(f"({'|'.join(map(re.escape, words))}){_MORE}")
        is_called = " or ".join(f"regexp_full_match(lower({one}), {pattern})" for one in called)
        found = sample.connection.execute(
            f"select distinct {product} from {lines.table.relation} where {is_called} order by 1"
        ).fetchall()
        kinds |= {value: kind for (value,) in found if value}
    return kinds


def says_no_products(kinds: Mapping[str, str]) -> list[str]:
    """What was found, in words."""
    if not kinds:
        return []
    shown = ", ".join(f"{code_span(key)} ({kind})" for key, kind in list(kinds.items())[:_SHOWN])
    more = f" and {len(kinds) - _SHOWN} more" if len(kinds) > _SHOWN else ""
    return [f"lines with {shown}{more} are no goods: they go into seeds/line_kinds.csv"]
