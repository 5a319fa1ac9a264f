"""Entities that no table lists, but that stand in the rows of another one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import SampledTable
from orchestration.onboarding.vocabulary import entity_words, known_values

_PURCHASE = "purchase"
# So many attributes make customers or products worth a model of their own.
_ENOUGH_ATTRIBUTES = {"customers": 2, "products": 1}
# Described in the rows of another entity: entity → the other one, and the key there.
_DESCRIBED = {
    "customers": ("orders", "source_customer_id"),
    "products": ("order_lines", "source_product_id"),
}
# What an order has, no customer or product has too.
_OF_ORDERS = ("source_order_id", "status", "payment_status")


class Reader(Protocol):
    """Reads tables as entities."""

    def read(
        self, table: SampledTable, entity: str, without: frozenset[str] = frozenset()
    ) -> EntityGuess:
        """The table read as an entity, however badly it fits; `without` are columns left out."""


def add_from_same_rows(chosen: dict[str, EntityGuess], reader: Reader) -> None:
    """Adds what stands in the same rows: an export with a row a line holds orders and lines."""
    for entity, other in (("orders", "order_lines"), ("order_lines", "orders")):
        if entity not in chosen and other in chosen:
            reading = reader.read(chosen[other].table, entity)
            if _can_share_rows(reading):
                # What misses only what the other has is as sure as the other.
                sure = reading.confidence or chosen[other].confidence
                chosen[entity] = replace(reading, confidence=sure)
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    if orders and lines and orders.table.name == lines.table.name:
        chosen["orders"] = replace(orders, grain="group")
        if orders.has("source_order_id") and not lines.has("source_order_id"):
            shared = {"source_order_id": orders.columns["source_order_id"]}
            chosen["order_lines"] = replace(lines, columns={**lines.columns, **shared})
        if not orders.has("source_order_id"):
            shared = {c: orders.columns[c] for c in ("source_customer_id", "ordered_at")}
            chosen["order_lines"] = replace(lines, columns={**lines.columns, **shared})


def add_descriptions(chosen: dict[str, EntityGuess], reader: Reader) -> None:
    """Customers and products that no table lists, but orders and lines describe."""
    for entity, (host_entity, key) in _DESCRIBED.items():
        host = chosen.get(host_entity)
        if entity in chosen or host is None or not host.has(key) or host.only:
            continue
        own = _columns_of_others(chosen.values(), host, key)
        reading = reader.read(host.table, entity, without=own)
        attributes = {
            column: found
            for column, found in reading.columns.items()
            if entity_words()[entity].columns[column].looks != "time" and column != key
        }
        if len(attributes) < _ENOUGH_ATTRIBUTES[entity]:
            continue
        columns = {key: host.columns[key], **attributes}
        if host.has("ordered_at"):
            columns["ordered_at"] = host.columns["ordered_at"]
        sure = reading.confidence or host.confidence
        chosen[entity] = replace(
            reading, confidence=sure, columns=columns, doubtful={}, grain="group"
        )


def _columns_of_others(
    chosen: Iterable[EntityGuess], host: EntityGuess, key: str
) -> frozenset[str]:
    """Columns in the host's rows that describe something else: an order's number is no name."""
    return frozenset(
        column.profile.name
        for found in chosen
        if found.table.name == host.table.name
        for name, column in found.columns.items()
        if name in _OF_ORDERS or (found.entity != host.entity and name != key)
    )


def _can_share_rows(reading: EntityGuess) -> bool:
    """Like a need, but an order number may be missing where customer and time are known."""
    words = entity_words()[reading.entity]
    missing = [need for need in words.needs if not need & set(reading.columns)]
    if missing == [frozenset({"source_product_id"})]:
        # Several rows of one order, each with an amount, are its lines though nothing names them.
        order = reading.columns["source_order_id"].profile
        return order.distinct < order.filled
    return all("source_order_id" in need for need in missing)


def add_purchases(chosen: dict[str, EntityGuess]) -> None:
    """Orders, and lines of them, from the purchases among the events."""
    events = chosen.get("events")
    if not events or "orders" in chosen or not events.has("source_customer_id"):
        return
    kind = events.columns["event_kind"]
    if not purchase_values(kind.profile.values):
        return
    shared = {
        "source_customer_id": events.columns["source_customer_id"],
        "ordered_at": events.columns["occurred_at"],
    }
    chosen["orders"] = replace(
        events, entity="orders", columns=shared, doubtful={}, grain="group", only=kind
    )
    if events.has("source_product_id"):
        lines = {**shared, "source_product_id": events.columns["source_product_id"]}
        chosen["order_lines"] = replace(
            events, entity="order_lines", columns=lines, doubtful={}, only=kind
        )


def purchase_values(values: tuple[str, ...]) -> list[str]:
    """The values among those of a column that mean a purchase."""
    known = known_values()["event_kind"][_PURCHASE]
    return [value for value in values if value.lower() in known]
