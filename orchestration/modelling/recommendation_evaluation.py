"""Recommenders held against what a file of interactions says was bought next."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ml.recommendation.contest import Contest, Window, hold_contest
from ml.recommendation.interactions import Interactions
from ml.recommendation.methods import BASELINES, METHODS, without_library
from ml.recommendation.questions import Question
from ml.recommendation.windows import (
    before_days,
    before_last_basket,
    held_out,
    without_last_product,
)
from ml.threads import one_thread
from orchestration.errors import PortraitError
from orchestration.modelling.interactions import coded
from orchestration.project import Project
from orchestration.warehouse.given_files import read_files
from orchestration.warehouse.opening import columns_of

PURCHASES = ("purchase", "buy", "order", "transaction")
"""What a behaviour is called that is a purchase."""
TEST_DAYS = 28
_NEEDED = ("customer_id", "product_id", "at")
_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Attributes:
        customers: How many there are.
        products: How many there are.
        entries: Customers, products, behaviours and times that were read.
        behaviours: Rows of each behaviour.
        protocol: How the test was cut, in words.
        contest: How the methods did.
    """

    customers: int
    products: int
    entries: int
    behaviours: Mapping[str, int]
    protocol: str
    contest: Contest


@dataclass(frozen=True)
class Protocol:
    """How the test is cut.

    Attributes:
        test_days: What was bought in so many last days is to be found.
        is_last_basket: Instead, what was in the last basket of each customer.
        held_out: Instead, what rows of this behaviour say.
    """

    test_days: int = TEST_DAYS
    is_last_basket: bool = False
    held_out: str | None = None


def evaluate_file(
    project: Project, files: Sequence[Path], methods: Sequence[str], protocol: Protocol
) -> Evaluation:
    """Reads interactions, cuts them, and holds the contest.

    Args:
        project: For the weights of behaviours.
        files: CSV or Parquet with customer_id, product_id, at and, unless all were bought,
            behaviour.
        methods: Names of METHODS; none for all that are installed and go by interactions alone.
        protocol: How the test is cut.

    Raises:
        PortraitError: The files are not such, or there is nothing to test on.
    """
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise PortraitError(f"There is no method {unknown[0]}.", f"Methods: {', '.join(METHODS)}.")
    if lacking := [name for name in methods if not METHODS[name].is_installed]:
        raise PortraitError(*without_library(lacking[0]))
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        read_files(connection, files, "raw")
        behaviours = _prepare(connection, _weights(project), protocol.held_out)
        everything, is_held_out = _everything(connection)
    with one_thread():
        tuning, test, told = _windows(everything, is_held_out, protocol)
        if not test.bought.nnz:
            raise PortraitError(
                f"Nobody of whom something was known bought anything later: {told}.",
                "Name a shorter --test-days, or --last-basket.",
            )
        contest = hold_contest(tuning, test, methods or _of_interactions(), most_customers=10**9)
    if not contest.entries:
        raise PortraitError(
            "Too few customers bought something in the test to compare methods by.",
            "Name a file with more, or longer --test-days.",
        )
    shape = everything.shape
    return Evaluation(*shape, len(everything.customer), behaviours, told, contest)


def _of_interactions() -> list[str]:
    """Those that are installed and need to know no more than interactions."""
    return [
        name
        for name, method in METHODS.items()
        if method.is_installed and not method.reads_attributes and not method.reads_groups
    ]


def _windows(
    everything: Interactions, is_held_out: NDArray[np.bool_], protocol: Protocol
) -> tuple[Window | None, Window, str]:
    """The days of tuning and of the test, and how they were cut in words."""
    if protocol.held_out:
        known = everything.picked(~is_held_out, everything.age)
        told = f"rows of {protocol.held_out} held out"
        return without_last_product(known), held_out(everything, is_held_out), told
    if protocol.is_last_basket:
        told = "the last basket of each customer held out"
        return before_last_basket(everything, skipped=1), before_last_basket(everything), told
    days = protocol.test_days
    told = f"what was bought in the last {days} days held out"
    return before_days(everything, 2 * days, days), before_days(everything, days), told


def _weights(project: Project) -> dict[str, float]:
    """What behaviours weigh, by the seed; a purchase under all its names."""
    with (project.dbt_project / "seeds" / "behaviour_weights.csv").open(encoding="utf-8") as file:
        weights = {row["behaviour"]: float(row["weight"]) for row in csv.DictReader(file)}
    return {**weights, **dict.fromkeys(PURCHASES, weights["purchase"])}


def _prepare(
    connection: duckdb.DuckDBPyConnection, weights: Mapping[str, float], held_out: str | None
) -> dict[str, int]:
    """Makes the table `interactions`: (customer_id, product_id, age, weight, is_purchase, …).

    Returns:
        The rows of each behaviour.
    """
    columns = columns_of(connection, "raw")
    if missing := [name for name in _NEEDED if name not in columns]:
        raise PortraitError(
            f"The interactions have no column {missing[0]}.",
            f"They take customer_id, product_id, at and behaviour, and have {', '.join(columns)}.",
        )
    behaviour = "lower(trim(behaviour))" if "behaviour" in columns else "'purchase'"
    connection.execute(
        f"""
        create table told as
        select cast(customer_id as varchar) as customer_id,
            cast(product_id as varchar) as product_id,
            try_cast("at" as timestamp) as happened_at, "at" is not null as is_timed,
            {behaviour} as behaviour
        from raw
        """
    ).fetchall()
    _check(connection, [*weights, *([held_out.lower()] if held_out else [])])
    counted = connection.execute(
        "select behaviour, count(*) from told group by all order by all"
    ).fetchall()
    held = (held_out or "").lower()
    if held and held not in dict(counted):
        raise PortraitError(
            f"No row has the behaviour {held_out}.", f"There are {', '.join(dict(counted))}."
        )
    connection.execute(
        f"""
        create table interactions as
        with ended as (
            -- Days end at midnight: what was bought on the last one is no older than a day.
            select cast(max(happened_at) as date) + 1 as ends_at from told
        )
        select customer_id, product_id,
            coalesce(cast(epoch(ended.ends_at) - epoch(happened_at) as double) / 86400, 0) as age,
            behaviour = $held as is_held_out,
            sum(coalesce(weights[behaviour], {_LEAST_WEIGHT})) as weight,
            list_contains($purchases, behaviour) or behaviour = $held as is_purchase
        from told cross join ended cross join (select map($names, $weights) as weights)
        group by all
        """,
        {
            "held": held,
            "purchases": list(PURCHASES),
            "names": list(weights),
            "weights": list(weights.values()),
        },
    ).fetchall()
    return dict(counted)


def _check(connection: duckdb.DuckDBPyConnection, known: Sequence[str]) -> None:
    """Refuses rows that say nothing: of nobody, of nothing, at no time, of an unknown behaviour."""
    rows = connection.execute("select count(*) from told").fetchall()[0][0]
    if not rows:
        raise PortraitError("There are no interactions.", "Name a file with rows.")
    for what, condition in {
        "customer_id is empty": "customer_id is null",
        "product_id is empty": "product_id is null",
        "at is no time": "is_timed and happened_at is null",
    }.items():
        ((count,),) = connection.execute(f"select count(*) from told where {condition}").fetchall()
        if count:
            raise PortraitError(
                f"In {count:,} of {rows:,} rows {what}.", "Correct them, or leave them out."
            )
    unknown = connection.execute(
        "select behaviour, count(*) from told"
        " where behaviour is null or not list_contains(?, behaviour)"
        " group by all order by all",
        [list(known)],
    ).fetchall()
    if unknown:
        raise PortraitError(
            f"{unknown[0][1]:,} rows are of the behaviour {unknown[0][0]}, which nobody knows.",
            f"Behaviours: {', '.join(dict.fromkeys(known))}; seeds/behaviour_weights.csv says what "
            "each weighs.",
        )
    timeless = connection.execute(
        "select count(*) from told where happened_at is null and list_contains(?, behaviour)",
        [list(PURCHASES)],
    ).fetchall()[0][0]
    if timeless:
        raise PortraitError(
            f"Of {timeless:,} purchases nobody knows when they were.",
            "Name their behaviour as held out: --held-out buy_test",
        )


def _everything(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[Interactions, NDArray[np.bool_]]:
    customers, products = (
        np.asarray(
            [
                row[0]
                for row in connection.execute(
                    f"select distinct {name} from interactions order by all"
                ).fetchall()
            ],
            dtype=object,
        )
        for name in ("customer_id", "product_id")
    )
    rows = """
        select customer_id, product_id, cast(age as float) as age,
            cast(weight as float) as weight, is_purchase, is_held_out
        from interactions
    """
    order = "customer, age desc, product, is_purchase, is_held_out"
    told: dict[str, Any] = coded(connection, rows, [], customers, products, order)
    is_held_out = told.pop("is_held_out")
    return Interactions(customers, products, **told), is_held_out


def figures_of(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as numbers: by question and method each metric with its interval."""
    contest = evaluation.contest
    return {
        "customers": evaluation.customers,
        "products": evaluation.products,
        "entries": evaluation.entries,
        "behaviours": dict(evaluation.behaviours),
        "protocol": evaluation.protocol,
        "questions": {
            str(question): {
                "baseline": BASELINES[question],
                "winner": contest.verdicts[question].method,
                "reason": contest.verdicts[question].reason,
                "methods": {
                    entry.method: {
                        "parameters": dict(entry.parameters),
                        **{name: figure._asdict() for name, figure in entry.figures.items()},
                        **entry.of_lists,
                    }
                    for entry in contest.entries[question]
                },
            }
            for question in Question
        },
    }
