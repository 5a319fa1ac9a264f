"""The time of day of an order where it stands in a column of its own, as many tills write it."""

from dataclasses import replace

from orchestration.onboarding.guessed import EntityGuess
from orchestration.quoting import code_span

CLOCK = "order_clock"


def settle_clock(chosen: dict[str, EntityGuess]) -> list[str]:
    """Reads the day of an order and its time of day as one time, wherever it is read.

    Returns:
        What was found out, in words.
    """
    orders = chosen.get("orders")
    if orders is None or not orders.has(CLOCK):
        return []
    clock, at = orders.columns[CLOCK].profile, orders.columns.get("ordered_at")
    times = at.profile.times if at else None
    if at is None or times is None or times.has_time or times.is_utc:
        left = {name: found for name, found in orders.columns.items() if name != CLOCK}
        chosen["orders"] = replace(orders, columns=left)
        return []
    whole = replace(at.profile, times=replace(times, has_time=True, clock=clock.name))
    for entity, found in chosen.items():
        own = found.columns.get("ordered_at")
        is_same = own and own.profile.name == at.profile.name
        if own and is_same and found.table.name == orders.table.name:
            columns = {**found.columns, "ordered_at": replace(own, profile=whole)}
            chosen[entity] = replace(found, columns=columns)
    return [f"{code_span(clock.name)} is the time of day of {code_span(at.profile.name)}"]
