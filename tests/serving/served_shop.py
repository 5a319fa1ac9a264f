"""A published folder of two small shops, with every column that the yml of the marts declares.

Values follow from a customer's number; where they matter, they are set. Customer 1 of shop `s` has
all there is; 2 has orders and no segment; 3 has nothing but a profile; `web:9` is another key of 1;
`t:anna@example.org/1` is the only one of shop `t`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.project import Project
from orchestration.publishing.publish import Addition
from orchestration.publishing.snapshot import attach_snapshot, describe
from orchestration.publishing.versions import new_version
from orchestration.serving.customer_file import write_customers
from orchestration.warehouse.manifest import Column, Table

ROOT = Project.find().root
NOON = datetime(2024, 4, 17, 12, tzinfo=UTC)
DAY = date(2024, 4, 17)
ANNA = "t:anna@example.org/1"
PERSONAL_TAGS = ("age_band", "country", "gender", "has_children", "household_size", "income_band")
MARTS = (
    *("customer_profiles", "customer_tags", "tag_catalog", "customer_segments"),
    *("customer_predictions", "prediction_reasons", "customer_lifetime_value"),
    *("customer_recommendations", "customer_next_categories", "customer_identifiers"),
    *("customer_profile_history", "segment_portraits", "similar_products", "model_versions"),
)

Rows = Sequence[Mapping[str, Any]]


@cache
def table_of(mart: str) -> Table:
    """A mart as its yml declares it."""
    file = next((ROOT / "dbt_project" / "models" / "marts").rglob(f"{mart}.yml"))
    (model,) = yaml.safe_load(file.read_text())["models"]
    columns = tuple(
        Column(
            column["name"],
            column["data_type"],
            column["description"],
            column.get("config", {}).get("meta", {}).get("sensitivity") == "personal"
            or (mart == "customer_profiles" and column["name"] in PERSONAL_TAGS),
        )
        for column in model["columns"]
    )
    return Table("marts", mart, model["description"], columns)


def rows_of(customers: int, spend: float) -> dict[str, Rows]:
    """The rows of each mart."""
    people = [("s", f"s:{number}") for number in range(1, customers + 1)] + [("t", ANNA)]
    first = {"shop": "s", "customer_id": "s:1", "as_of_date": DAY}
    return {
        "customer_profiles": [
            {
                "shop": shop,
                "customer_id": customer,
                "as_of_date": DAY,
                "currency": "EUR",
                "city": f"city {number}",
                "gender": "female" if number % 2 else None,
                "lifecycle_stage": ("active", "new", None)[number % 3],
                "is_coupon_user": (True, False, None)[number % 3],
                "order_count": number % 4,
                "total_spend": spend + number % 5 if number != 2 else None,
                "average_rating": float("nan") if number == 2 else 4.5,
                "first_order_date": date(2024, 1, 1 + number % 28),
            }
            for number, (shop, customer) in enumerate(people, start=1)
        ],
        "customer_tags": [
            {**first, "tag_key": key, "tag_value": value, "evidence": '{"a": 1}'}
            for key, value in (("gender", "female"), ("lifecycle_stage", "active"), ("odd", "x"))
        ],
        "tag_catalog": [
            {
                "shop": "s",
                "tag_key": key,
                "as_of_date": DAY,
                "sensitivity": sensitivity,
                "rule": rule,
            }
            for key, sensitivity, rule in (
                ("gender", "personal", None),
                ("lifecycle_stage", "internal", '{"bands": []}'),
            )
        ],
        "customer_segments": [{**first, "segment_id": 0, "segment_name": "Active"}],
        "customer_lifetime_value": [{**first, "probability_alive": 0.5}],
        "customer_predictions": [
            {**first, "prediction": "spend", "target": "spend", "expected_amount": spend},
            {**first, "prediction": "repurchase", "target": "orders", "probability": 0.25},
        ],
        "prediction_reasons": [
            {**first, "prediction": "repurchase", "target": "orders", "rank": rank, "reason": said}
            for rank, said in ((2, "less"), (1, 'said "more" <b>'))
        ],
        "customer_recommendations": [
            {
                **first,
                "slot": slot,
                "rank": rank,
                "product_id": f"s:{slot}{rank}",
                "score": 1 / rank,
            }
            for rank in (10, 2, 1)
            for slot in ("discover", "buy_again")
        ],
        "customer_next_categories": [
            {**first, "slot": "discover", "rank": rank, "category": f"k{rank}", "score": 1 / rank}
            for rank in (2, 1)
        ],
        "customer_identifiers": [
            {
                "shop": shop,
                "customer_id": customer,
                "source_system": key.partition(":")[0],
                "source_customer_id": key.partition(":")[2],
            }
            for shop, customer, key in [*((*one, one[1]) for one in people), ("s", "s:1", "web:9")]
        ],
        "customer_profile_history": [
            {**first, "attribute": key, "attribute_value": value, "valid_from": day}
            for key, value, day in (
                ("lifecycle_stage", "new", date(2024, 1, 1)),
                ("lifecycle_stage", "active", date(2024, 3, 1)),
                ("gender", "female", date(2024, 1, 1)),
            )
        ],
        "segment_portraits": [
            {"shop": "s", "segment_id": 0, "as_of_date": DAY, "segment_name": "Active"}
        ],
        "similar_products": [
            {
                "shop": "s",
                "product_id": "s:tea",
                "product_name": "Tea",
                "similar_product_id": f"s:{name}",
                "similar_product_name": name.title(),
                "similarity": similarity,
                "is_recommendable": True,
            }
            for name, similarity in (("jam", 0.5), ("ink", 0.4))
        ],
    }


def publish(
    published: Path,
    *,
    customers: int = 5,
    spend: float = 10.0,
    at: datetime = NOON,
    kept: int = 3,
    also: Sequence[Addition] = (write_customers,),
) -> str:
    """Publishes a version in which every amount tells `spend`; gives its name."""
    with new_version(published, at, kept) as folder:
        write_marts(folder, customers=customers, spend=spend, at=at)
        for write in also:
            write(folder, published / "current")
    return (published / "current").readlink().name


def write_marts(folder: Path, *, customers: int, spend: float, at: datetime) -> None:
    rows = rows_of(customers, spend)
    with duckdb.connect() as connection:
        attach_snapshot(connection, folder)
        for mart in MARTS:
            table = table_of(mart)
            columns = ", ".join(f'"{one.name}" {one.data_type}' for one in table.columns)
            connection.execute(f"create table snapshot.{mart} ({columns})")
            describe(connection, table)
            for row in rows.get(mart, ()):
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(
                    f"insert into snapshot.{mart} ({names}) values ({marks})", list(row.values())
                )
        connection.execute(
            "create table snapshot.run_manifest as select ?::timestamp as published_at",
            [at.replace(tzinfo=None)],
        )
