"""The table `run_manifest` of a snapshot: what is in it, from what, made with which code."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.code_digest import CODE_DIGITS, package_versions
from orchestration.connections.source_health import Health
from orchestration.landing.land import RAW_LOADS
from orchestration.publishing.snapshot import PublishedTable, add_table
from orchestration.warehouse.manifest import Column, Table

RUN_MANIFEST = Table(
    schema="snapshot",
    name="run_manifest",
    description="One row a shop and published table: what the snapshot holds, from what, made when "
    "and with which code.",
    columns=(
        Column("shop", "varchar", "The shop. NULL where nobody has any customer."),
        Column("table_name", "varchar", "The published table."),
        Column("row_count", "bigint", "Rows of the shop in it."),
        Column(
            "content_hash",
            "varchar",
            "The same for the same rows in any order; another DuckDB may hash otherwise.",
        ),
        Column("as_of_date", "date", "Day of the shop's portraits. NULL without an order."),
        Column(
            "currency", "varchar", "ISO 4217 code of its amounts. NULL where no order tells one."
        ),
        Column("run_id", "varchar", "The run, as Dagster knows it."),
        Column("started_at", "timestamp", "When it began, UTC."),
        Column("published_at", "timestamp", "When the snapshot was published, UTC."),
        Column("source_systems", "varchar", "JSON: by source, raw table and file the SHA-256."),
        Column(
            "source_health",
            "varchar",
            "JSON: by source when it was read last, when that failed last, and why.",
        ),
        Column("code_version", "varchar", "Commit of the checkout and hash of the code's files."),
        Column("package_versions", "varchar", "JSON: version by package."),
    ),
)

_QUERY = """
    select
        unnest($shops)::varchar as shop,
        unnest($tables)::varchar as table_name,
        unnest($row_counts)::bigint as row_count,
        unnest($content_hashes)::varchar as content_hash,
        unnest($as_of_dates)::date as as_of_date,
        unnest($currencies)::varchar as currency,
        $run_id::varchar as run_id,
        $started_at::timestamp as started_at,
        $published_at::timestamp as published_at,
        $source_systems::varchar as source_systems,
        $source_health::varchar as source_health,
        $code_version::varchar as code_version,
        $package_versions::varchar as package_versions
    order by shop, table_name
"""


# Source system → raw table → file → SHA-256.
LandedHashes = dict[str, dict[str, dict[str, str]]]


class ShopFacts(NamedTuple):
    """The day of a shop's portraits, none without an order, and the currency of its amounts."""

    as_of_date: date | None = None
    currency: str | None = None


_NO_SHOP: list[tuple[str | None, ShopFacts]] = [(None, ShopFacts())]


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run; times are UTC.

    `shops` are those that have customers.
    """

    run_id: str
    shops: Mapping[str, ShopFacts]
    started_at: datetime
    published_at: datetime
    sources: LandedHashes
    source_health: Mapping[str, Health]
    code_version: str


def add_run_manifest(folder: Path, tables: Sequence[PublishedTable], facts: RunFacts) -> None:
    """Writes `run_manifest` into a snapshot."""
    # Without any customer it still says when it was made, and from what.
    shops = list(facts.shops.items()) or _NO_SHOP
    held = [(shop, told, table.name, table.of(shop)) for shop, told in shops for table in tables]
    parameters: Mapping[str, object] = {
        "shops": [shop for shop, *_ in held],
        "as_of_dates": [told.as_of_date for _, told, *_ in held],
        "currencies": [told.currency for _, told, *_ in held],
        "tables": [name for _, _, name, _ in held],
        "row_counts": [content.row_count for *_, content in held],
        "content_hashes": [content.content_hash for *_, content in held],
        "run_id": facts.run_id,
        "started_at": facts.started_at.replace(tzinfo=None),
        "published_at": facts.published_at.replace(tzinfo=None),
        "source_systems": json.dumps(facts.sources, sort_keys=True),
        "source_health": json.dumps(
            {
                name: asdict(health)
                for name, health in sorted(facts.source_health.items())
                if name in facts.sources
            }
        ),
        "code_version": facts.code_version,
        "package_versions": json.dumps(package_versions(), sort_keys=True),
    }
    add_table(folder, RUN_MANIFEST, _QUERY, parameters)


def shop_facts(warehouse: duckdb.DuckDBPyConnection) -> dict[str, ShopFacts]:
    """Each shop that has customers, by name."""
    shops = warehouse.execute("""
        select customers.shop, any_value(days.as_of_date), any_value(customers.currency)
        from (select distinct shop, currency from marts.customer_sources) as customers
        left join features.as_of_dates as days
            on customers.shop = days.shop and days.is_current
        group by customers.shop
        order by customers.shop
    """).fetchall()
    return {shop: ShopFacts(*told) for shop, *told in shops}


def landed_hashes(warehouse: duckdb.DuckDBPyConnection) -> LandedHashes:
    """The files that the raw tables hold, with their hashes."""
    hashes: LandedHashes = {}
    for system, table, file, sha256 in warehouse.execute(
        f"select source_system, table_name, file_name, sha256 from {RAW_LOADS} order by all"
    ).fetchall():
        hashes.setdefault(system, {}).setdefault(table, {})[file] = sha256
    return hashes


def code_version(root: Path, code_hash: str) -> str:
    """The git commit, where the code lies in a repository, and the hash of the code's files."""
    command = ["git", "-C", str(root), "rev-parse", f"--short={CODE_DIGITS}", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return code_hash[:CODE_DIGITS]
    return f"{commit.stdout.strip()}+{code_hash[:CODE_DIGITS]}"
