"""The catalogue of reasons and the rules agree, and every row gets the first reason that holds."""

import csv
from datetime import date
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.project import Project
from orchestration.quarantine.catalogue import Rule, flags_of, rules_of
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

Row = dict[str, Any]
Rules = list[tuple[str, bool]]


def catalogue(project: Project) -> list[Row]:
    with (project.dbt_project / "seeds" / "reason_codes.csv").open() as file:
        return list(csv.DictReader(file))


def rules_by_entity(plain: PlainProject) -> dict[str, list[Rule]]:
    return {
        statement.relation.split("int_")[1].removesuffix("_validated"): rules_of(statement.sql)
        for statement in plain.built
        if statement.relation.endswith("_validated")
    }


def test_seed_and_models_name_the_same_reasons_for_the_same_entities(
    project: Project, plain: PlainProject
) -> None:
    rules = rules_by_entity(plain)
    assert len(rules) == 11
    in_models = {(rule.code, entity) for entity, found in rules.items() for rule in found}
    in_seed = {
        (row["reason_code"], entity)
        for row in catalogue(project)
        if row["severity"] != "flag"
        for entity in (rules if row["entity"] == "*" else row["entity"].split())
    }
    assert in_models == in_seed


def test_seed_and_model_name_the_same_flags(project: Project, plain: PlainProject) -> None:
    (sql,) = [one.sql for one in plain.built if one.relation.endswith("int_flagged_rows")]
    in_seed = {row["reason_code"] for row in catalogue(project) if row["severity"] == "flag"}
    assert {rule.code for rule in flags_of(sql)} == in_seed != set()


def test_every_reason_says_what_is_wrong_and_what_to_do(project: Project) -> None:
    assert [row for row in catalogue(project) if not all(row.values())] == []


def test_a_reason_has_one_rule_a_model(plain: PlainProject) -> None:
    for found in rules_by_entity(plain).values():
        codes = [rule.code for rule in found]
        assert len(codes) == len(set(codes))


def test_what_cannot_be_read_is_in_quarantine_and_nowhere_else(plain: PlainProject) -> None:
    entities = list(rules_by_entity(plain))
    with new_warehouse(plain) as connection:
        plain.build(connection, {"staging", "inputs"})
        for entity in entities:
            replace_input(connection, entity, [{"source_system": "s", "unparsed_values": "x=y"}])
        plain.build(connection, {"intermediate"})
        for entity in entities:
            assert verdicts(connection, entity) == ["unparseable_value"]


orders_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "source_system": st.sampled_from(["s", "s", "s", None]),
            "source_order_id": st.sampled_from(["1", "2", "3", None]),
            "source_customer_id": st.sampled_from(
                ["a", "a", "a", "b", "tester", "Guest", "138****0001", None]
            ),
            "order_date": st.sampled_from([date(2024, 1, 1), date(2024, 1, 2), date(9999, 12, 31)])
            | st.none(),
            "currency": st.sampled_from(["EUR", "EUR", "euro", None]),
            "unparsed_values": st.sampled_from([None, None, None, "time=noon"]),
            "status": st.sampled_from(["completed", "cancelled"]),
        }
    ),
    max_size=12,
)
lines_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "source_system": st.just("s"),
            "source_order_id": st.sampled_from(["1", "2", "3", "9", None]),
            "line_number": st.sampled_from([1, 2, None]),
            "source_product_id": st.sampled_from(["p", "q", None]),
            "quantity": st.sampled_from([1, -1, 0, None]),
            "unit_price": st.sampled_from([1, 0, -1, None]),
            "net_amount": st.sampled_from([1, None]),
            "unparsed_values": st.sampled_from([None, None, None, "quantity=six"]),
        }
    ),
    max_size=15,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders=orders_drawn, lines=lines_drawn)
def test_each_row_is_accepted_or_has_the_first_reason_that_holds(
    plain: PlainProject, orders: list[Row], lines: list[Row]
) -> None:
    tester = {"source_system": "s", "source_customer_id": "tester", "email": "test@shop.cn"}
    expected_orders = judge(orders, order_rules(orders), ["source_order_id"])
    expected_lines = judge(
        lines, line_rules(lines, orders, expected_orders), ["source_order_id", "line_number"]
    )
    with new_warehouse(plain) as connection:
        plain.build(connection, {"staging", "inputs"})
        replace_input(connection, "customers", [tester])
        replace_input(connection, "orders", orders)
        replace_input(connection, "order_lines", lines)
        plain.build(connection, {"intermediate"})
        assert verdicts(connection, "orders") == expected_orders
        assert verdicts(connection, "order_lines") == expected_lines


def replace_input(connection: duckdb.DuckDBPyConnection, entity: str, rows: list[Row]) -> None:
    """Puts rows in the place of what the source systems deliver, numbered from 0."""
    name = f"inputs.input_{entity}"
    connection.execute(f"delete from {name}")
    for number, row in enumerate(rows):
        named = {**row, "origin_file": "f", "origin_row": number}
        connection.execute(
            f"insert into {name} by name select {', '.join(f'${key} as {key}' for key in named)}",
            named,
        )


def verdicts(connection: duckdb.DuckDBPyConnection, entity: str) -> list[str | None]:
    """The reasons by row; each row is among the accepted or in quarantine, and not in both."""
    accepted = connection.execute(f"select origin_row, null from intermediate.int_{entity}")
    found = accepted.fetchall()
    found += connection.execute(
        "select origin_row, reason_code from intermediate.int_quarantine where entity = ?",
        [entity],
    ).fetchall()
    found.sort(key=lambda row: row[0])
    assert [number for number, _ in found] == list(range(len(found)))
    return [reason for _, reason in found]


def judge(rows: list[Row], rules: list[Rules], key: list[str]) -> list[str | None]:
    """The verdicts as the documentation states them."""
    reasons: list[str | None] = []
    for row, own_rules in zip(rows, rules, strict=True):
        common = [
            ("unparseable_value", row["unparsed_values"] is not None),
            ("missing_key", any(row[name] is None for name in ["source_system", *key])),
        ]
        reasons.append(next((code for code, holds in common + own_rules if holds), None))
    kept: dict[tuple[Any, ...], Row] = {}
    for number in reversed(range(len(rows))):
        if reasons[number] is None:
            row = rows[number]
            first = kept.setdefault((row["source_system"], *(row[name] for name in key)), row)
            if first is not row:
                reasons[number] = "duplicate_key" if first == row else "conflicting_duplicate"
    return reasons


def order_rules(orders: list[Row]) -> list[Rules]:
    def customers_of(order: Row) -> set[str]:
        same = [
            other["source_customer_id"]
            for other in orders
            if (other["source_system"], other["source_order_id"])
            == (order["source_system"], order["source_order_id"])
        ]
        return {customer for customer in same if customer is not None}

    return [
        [
            ("masked_key", order["source_customer_id"] == "138****0001"),
            ("placeholder_customer", order["source_customer_id"] == "Guest"),
            ("test_account", order["source_customer_id"] == "tester"),
            ("missing_customer", order["source_customer_id"] is None),
            ("missing_date", order["order_date"] is None),
            ("future_date", order["order_date"] == date(9999, 12, 31)),
            ("conflicting_customer", len(customers_of(order)) > 1),
            ("unknown_currency", order["currency"] == "euro"),
        ]
        for order in orders
    ]


def line_rules(lines: list[Row], orders: list[Row], order_reasons: list[str | None]) -> list[Rules]:
    rules: list[Rules] = []
    for line in lines:
        reasons = [
            reason
            for order, reason in zip(orders, order_reasons, strict=True)
            if (order["source_system"], order["source_order_id"])
            == (line["source_system"], line["source_order_id"])
        ]
        refused = min((one for one in reasons if one), default="") if None not in reasons else ""
        price = line["unit_price"]
        rules.append(
            [
                ("missing_customer", refused == "missing_customer"),
                ("rejected_order", bool(refused)),
                ("orphan_line", not reasons),
                ("missing_product", line["source_product_id"] is None),
                ("missing_quantity", line["quantity"] is None),
                ("zero_quantity", line["quantity"] == 0),
                ("missing_amount", line["net_amount"] is None),
                ("negative_price", price is not None and price < 0),
            ]
        )
    return rules


def test_who_is_no_customer_comes_in_by_no_entity(plain: PlainProject) -> None:
    naming = [
        entity
        for entity, rules in rules_by_entity(plain).items()
        if "placeholder_customer" in [rule.code for rule in rules]
    ]
    assert len(naming) == 8
    keys = ["Guest", "138****0001", "4.50001E+12", "test@shop.cn", "anna"]
    with new_warehouse(plain) as connection:
        plain.build(connection, {"staging", "inputs"})
        for entity in naming:
            rows = [
                complete_row(connection, entity, number, key) for number, key in enumerate(keys)
            ]
            replace_input(connection, entity, rows)
        plain.build(connection, {"intermediate"})
        for entity in naming:
            assert verdicts(connection, entity) == [
                "placeholder_customer", "masked_key", "rounded_key", "test_account", None,
            ]  # fmt: skip


def complete_row(
    connection: duckdb.DuckDBPyConnection, entity: str, number: int, customer: str
) -> Row:
    """A row that names a customer and leaves out nothing else that its entity needs."""
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'inputs' and table_name = ?",
        [f"input_{entity}"],
    ).fetchall()
    left_out = ("unparsed_values", "loaded_at", "birth_date", "currency", "status", "session_id")
    known = {"source_system": "s", "source_customer_id": customer}
    by_type = {"VARCHAR": str(number), "DATE": date(2024, 1, 1), "TIMESTAMP": "2024-01-01 10:00:00"}
    return {
        name: known.get(name, by_type.get(data_type, 1))
        for name, data_type in columns
        if name not in left_out and not name.startswith(("origin_", "load_"))
    }
