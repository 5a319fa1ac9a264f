"""Numbers of orders that begin anew each year, month or day: with their period they are keys."""

from dataclasses import replace

from orchestration.onboarding.expressions import time_expression, value_expression
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.times import sampled_time
from orchestration.quoting import code_span, identifier, plain_line

# The coarsest in which each number is one customer's on one day is taken.
_PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
# One number with two customers is a typing error; so many are no accident.
_ENOUGH = 2


def settle_restarts(chosen: dict[str, EntityGuess], sample: Sample) -> list[str]:
    """Adds to the numbers of orders in place the period in which they are counted.

    Returns:
        What was found out, in words.
    """
    orders = chosen.get("orders")
    needed = ("source_order_id", "source_customer_id", "ordered_at")
    if orders is None or orders.only or not all(orders.has(name) for name in needed):
        return []
    number, customer, at = (orders.columns[name] for name in needed)
    if number.sql or at.profile.times is None or at.profile.times.is_ambiguous:
        return []
    hosts = [name for name, one in chosen.items() if one.has("source_order_id")]
    if any(chosen[name].table.name != orders.table.name for name in hosts):
        return []  # Lines elsewhere do not say of which period their order is.
    period = _period(sample, orders, (number, customer, at))
    if not period:
        return []
    form = _PERIODS[period]
    read = value_expression(number.profile, "key", "varchar", number.is_padded).sql
    time = time_expression(at.profile).sql
    sampled_at = sampled_time(at.profile.times, at.profile.name)
    sampled = f"{_text(number.profile)} || '/' || strftime({sampled_at}, '{form}')"
    numbered = replace(number, sql=f"{read} || '/' || strftime({time}, '{form}')", sampled=sampled)
    for name in hosts:
        columns = {**chosen[name].columns, "source_order_id": numbered}
        chosen[name] = replace(chosen[name], columns=columns)
    told = code_span(number.profile.name)
    return [plain_line(f"{told} begins anew each {period}, so an order is its number and {period}")]


def _period(
    sample: Sample, orders: EntityGuess, columns: tuple[ColumnGuess, ColumnGuess, ColumnGuess]
) -> str:
    """The period in which numbers are counted; empty: they are not, or nothing tells."""
    number, customer, at = (one.profile for one in columns)
    time = sampled_time(at.times, at.name) if at.times else "null"
    told = f"""
        select {_text(number)} as number, lower({_text(customer)}) as customer, {time} as made_at
        from {orders.table.relation}
        where {_text(number)} <> '' and {_text(customer)} <> '' and {time} is not null
    """

    def numbers(of: str, condition: str) -> int:
        query = (
            f"select count(*) from (select number from ({told}) group by {of} having {condition})"
        )
        ((count,),) = sample.connection.execute(query).fetchall()
        return int(count)

    several = "count(distinct customer) > 1"
    if numbers("number", several) < _ENOUGH:
        return ""
    for period, form in _PERIODS.items():
        of = f"number, strftime(made_at, '{form}')"
        if not numbers(of, f"{several} or count(distinct made_at::date) > 1"):
            return period
    return ""


def _text(profile: ColumnProfile) -> str:
    return f"trim(cast({identifier(profile.name)} as varchar))"
