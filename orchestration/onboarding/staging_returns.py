"""The steps of a staging model that take what was given back off what was sold."""

from orchestration.onboarding.expressions import time_expression, value_expression
from orchestration.onboarding.guessed import Returned
from orchestration.onboarding.staging_draft import ModelDraft, import_name

_NUMBER = "decimal(18,4)"


def add_returns(model: ModelDraft) -> None:
    """Returns as orders of their own, of the customer and at the price of the purchase."""
    returned = model.found.returned
    if returned is None or model.entity not in ("orders", "order_lines"):
        return
    sold = model.last
    model.add("returned", _parsed(returned))
    model.add("numbered_returns", _NUMBERED)
    given_back = _orders if model.entity == "orders" else _lines
    model.add("given_back", given_back(model, returned, sold))
    model.add(
        "with_returns",
        f"    select * from {sold}\n    union all by name\n    select * from given_back",
    )
    model.notes.append(
        "What is given back is an order of its own, with the status return, of the customer and at"
        " the price of the purchase; what names no purchase is refused."
    )


# The same return in a later export has the same number.
_NUMBERED = """\
    select
        *,
        'return/' || concat_ws(
            '/',
            purchase_id,
            product_id,
            cast(returned_local as date),
            row_number() over (
                partition by purchase_id, product_id, cast(returned_local as date), origin_file
                order by origin_row
            )
        ) as return_id
    from returned"""


def _parsed(returned: Returned) -> str:
    columns = returned.columns

    def read(name: str, looks: str, data_type: str, nothing: str) -> str:
        if name not in columns:
            return nothing
        one = columns[name]
        return value_expression(one.profile, looks, data_type, one.is_padded).sql

    day = columns.get("ordered_at")
    when = time_expression(day.profile).sql if day else "cast(null as timestamp)"
    product = read("source_product_id", "key", "varchar", "cast(null as varchar)")
    quantity = read("quantity", "number", _NUMBER, f"cast(1 as {_NUMBER})")
    amount = read("net_amount", "money", _NUMBER, f"cast(null as {_NUMBER})")
    return f"""\
    select
        {read("source_order_id", "key", "varchar", "null")} as purchase_id,
        {product} as product_id,
        {quantity} as returned_quantity,
        {amount} as returned_amount,
        {when} as returned_local,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from {import_name(returned.table.name)}"""


def _orders(model: ModelDraft, returned: Returned, sold: str) -> str:
    day = returned.columns.get("ordered_at")
    is_utc = bool(day and day.profile.times and day.profile.times.is_utc)
    at, local = "returned_local", "returned_local"
    if is_utc:
        local = f"{{{{ to_local('returned_local', '{model.time_zone}') }}}}"
    else:
        at = f"{{{{ to_utc('returned_local', '{model.time_zone}') }}}}"
    currency = model.found.has("currency")
    of_purchase = ",\n            min(currency) as currency" if currency else ""
    told = ",\n        purchases.currency" if currency else ""
    return f"""\
    select
        '{model.source}' as source_system,
        numbered_returns.return_id as source_order_id,
        purchases.source_customer_id,
        'return' as status,
        coalesce({at}, purchases.ordered_at) as ordered_at,
        coalesce(cast({local} as date), purchases.order_date) as order_date,
        numbered_returns.origin_file,
        numbered_returns.origin_row,
        numbered_returns.load_id{told}
    from numbered_returns
    left join (
        select
            source_order_id,
            min(source_customer_id) as source_customer_id,
            min(ordered_at) as ordered_at,
            min(order_date) as order_date{of_purchase}
        from {sold}
        group by source_order_id
    ) as purchases on numbered_returns.purchase_id = purchases.source_order_id"""


def _lines(model: ModelDraft, returned: Returned, sold: str) -> str:
    by_product = "source_product_id" in returned.columns
    group = "source_order_id, source_product_id" if by_product else "source_order_id"
    same = "\n            and numbered_returns.product_id = purchases.source_product_id"
    return f"""\
    select
        '{model.source}' as source_system,
        numbered_returns.return_id as source_order_id,
        1 as line_number,
        coalesce(numbered_returns.product_id, '(refund)') as source_product_id,
        cast(-abs(numbered_returns.returned_quantity) as decimal(18, 4)) as quantity,
        cast(-abs(coalesce(
            numbered_returns.returned_amount,
            numbered_returns.returned_quantity * purchases.price_of_one
        )) as decimal(18, 4)) as net_amount,
        numbered_returns.origin_file,
        numbered_returns.origin_row,
        numbered_returns.load_id
    from numbered_returns
    left join (
        select
            {group},
            sum(net_amount) / nullif(sum(quantity), 0) as price_of_one
        from {sold}
        group by {group}
    ) as purchases
        on
            numbered_returns.purchase_id = purchases.source_order_id{same if by_product else ""}"""
