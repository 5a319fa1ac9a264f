"""Four tables of Complete Journey as an analyst would make them by hand, in pandas.

`python -m bench.pandas_by_hand DATA SEEDS OUT` reads the package's Parquet files and writes
`customer_days`, `purchases`, `affinities` and `rfm`. They mean the same as int_customer_days,
feature_purchases, feature_affinities and feature_rfm, at the same as_of_dates.

Left out is what this source has no need of: other source systems, validation beyond lines without
a quantity, returns, a quarantine that keeps the rejected rows.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

# The defaults of dbt_project.yml.
PAST_MONTHS = 12
MINIMUM_HISTORY_DAYS = 90
HALF_LIFE_DAYS = 60
RHYTHM_GAPS = 4
LEAST_DAYS_BETWEEN_ORDERS = 14
BINS = 5

PARTS_OF_DAY = {"morning": (5, 10), "afternoon": (11, 16), "evening": (17, 21)}
SUMS = [
    "order_count",
    "line_count",
    "discounted_order_count",
    "coupon_order_count",
    "weekend_order_count",
    *(f"{part}_order_count" for part in PARTS_OF_DAY),
    "net_amount",
    "discount_amount",
    "coupon_amount",
]


def read_lines(data: Path) -> pd.DataFrame:
    """One row a line: household, basket, product, local day and hour, amounts."""
    lines = pd.read_parquet(
        data / "transactions.parquet",
        columns=[
            "household_id",
            "basket_id",
            "product_id",
            "quantity",
            "sales_value",
            "retail_disc",
            "coupon_disc",
            "coupon_match_disc",
            "transaction_timestamp",
        ],
    )
    if (lines["quantity"] < 0).any():
        raise ValueError("This script nets no returns, and there are some.")
    local = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    lines["day"] = local.dt.tz_localize(None).dt.normalize()
    lines["hour"] = local.dt.hour
    lines["discount_amount"] = lines["retail_disc"] + lines["coupon_match_disc"]
    return lines.rename(columns={"sales_value": "net_amount", "coupon_disc": "coupon_amount"})


def as_of_dates(lines: pd.DataFrame) -> list[pd.Timestamp]:
    """The day after the last order, and the cutoffs before it that have enough history."""
    first, current = lines["day"].min(), lines["day"].max() + pd.Timedelta(days=1)
    months = pd.date_range(end=current - pd.Timedelta(days=1), periods=PAST_MONTHS, freq="MS")
    return [current, *(day for day in months if (day - first).days >= MINIMUM_HISTORY_DAYS)]


def customer_days(lines: pd.DataFrame) -> pd.DataFrame:
    """One row a household and day with orders: counts and sums."""
    orders = lines.groupby("basket_id").agg(
        household_id=("household_id", "first"),
        day=("day", "first"),
        hour=("hour", "first"),
        line_count=("product_id", "size"),
        net_amount=("net_amount", "sum"),
        discount_amount=("discount_amount", "sum"),
        coupon_amount=("coupon_amount", "sum"),
    )
    orders["order_count"] = 1
    orders["discounted_order_count"] = orders["discount_amount"] + orders["coupon_amount"] > 0
    orders["coupon_order_count"] = orders["coupon_amount"] > 0
    orders["weekend_order_count"] = orders["day"].dt.day_of_week >= 5
    for part, (first, last) in PARTS_OF_DAY.items():
        orders[f"{part}_order_count"] = orders["hour"].between(first, last)
    return orders.groupby(["household_id", "day"])[SUMS].sum().reset_index()


def purchases(days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row a household that had ordered before a day: what it bought, how often, when."""
    known = days[days["day"] < as_of].sort_values(["household_id", "day"])
    by_household = known.groupby("household_id")
    gaps = by_household["day"].diff().dt.days.groupby(known["household_id"])
    sums = by_household[SUMS].sum()
    orders = sums["order_count"]
    spend = sums["net_amount"]
    result = pd.DataFrame(
        {
            "days_since_first_order": (as_of - by_household["day"].min()).dt.days,
            "days_since_last_order": (as_of - by_household["day"].max()).dt.days,
            "order_count": orders,
            "order_day_count": by_household.size(),
            "mean_days_between_orders": gaps.mean(),
            "stddev_days_between_orders": gaps.std(),
            "total_spend": spend.round(2),
            "average_order_value": spend / orders,
            "max_order_day_spend": by_household["net_amount"].max().round(2),
            "line_count": sums["line_count"],
            "lines_per_order": sums["line_count"] / orders,
            "discount_amount": sums["discount_amount"].round(2),
            "discount_share": sums["discount_amount"] / (spend + sums["discount_amount"]),
            "coupon_amount": sums["coupon_amount"].round(2),
            "discounted_order_share": sums["discounted_order_count"] / orders,
            "coupon_order_share": sums["coupon_order_count"] / orders,
            "weekend_order_share": sums["weekend_order_count"] / orders,
        }
    )
    for part in PARTS_OF_DAY:
        result[f"{part}_order_share"] = sums[f"{part}_order_count"] / orders
    in_parts = sums[[f"{part}_order_count" for part in PARTS_OF_DAY]].sum(axis="columns")
    result["night_order_share"] = (orders - in_parts) / orders
    age = (as_of - known["day"]).dt.days
    windows = {
        "last_30_days": age <= 30,
        "last_90_days": age <= 90,
        "previous_90_days": age.between(91, 180),
    }
    for name, is_inside in windows.items():
        inside = known[is_inside].groupby("household_id")[["order_count", "net_amount"]].sum()
        inside = inside.reindex(result.index, fill_value=0)
        result[f"order_count_{name}"] = inside["order_count"]
        result[f"total_spend_{name}"] = inside["net_amount"].round(2)
    return result.reset_index().assign(as_of_date=as_of)


def items(lines: pd.DataFrame, data: Path, dimension: str) -> pd.DataFrame:
    """One row a household, value of the dimension and day: what was spent on it."""
    products = pd.read_parquet(data / "products.parquet")
    category = products["product_category"].replace("COUPON/MISC ITEMS", None)
    products["category"] = category.fillna(products["product_type"]).fillna(products["department"])
    bought = lines.merge(products[["product_id", dimension]], on="product_id")
    bought = bought.rename(columns={dimension: "dimension_value"})
    # Repeated text is slow to group by.
    bought["dimension_value"] = bought["dimension_value"].astype("category")
    keys = ["household_id", "dimension_value", "day"]
    return bought.groupby(keys, observed=True)["net_amount"].sum().round(4).reset_index()


def _millionths(amounts: "pd.Series[float]") -> "pd.Series[float]":
    """Rounded to the sixth decimal, halves away from zero as in SQL; pandas rounds them to even."""
    values = amounts.to_numpy()
    return pd.Series(np.sign(values) * np.floor(np.abs(values) * 1e6 + 0.5) / 1e6, amounts.index)


def affinities(day_items: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row a household and value: its decayed share of spend times how rare it is, ranked."""
    known = day_items[day_items["day"] < as_of]
    weight = 0.5 ** ((as_of - known["day"]).dt.days / HALF_LIFE_DAYS)
    leaning = (
        known.assign(
            # To the sixth decimal, so that equal leanings are not told apart by the last bit.
            decayed_spend=_millionths(known["net_amount"] * weight),
            day_count=known["net_amount"] > 0,
        )
        .groupby(["household_id", "dimension_value"], observed=True)
        .agg(
            decayed_spend=("decayed_spend", "sum"),
            total_spend=("net_amount", "sum"),
            day_count=("day_count", "sum"),
            last_bought_date=("day", "max"),
        )
        .round({"decayed_spend": 6, "total_spend": 4})
        .query("total_spend > 0 and decayed_spend > 0")
        .reset_index()
    )
    customers_with_it = leaning.groupby("dimension_value", observed=True)["household_id"].transform(
        "size"
    )
    customers = leaning["household_id"].nunique()
    leaning["weight_share"] = leaning["decayed_spend"] / leaning.groupby("household_id")[
        "decayed_spend"
    ].transform("sum").round(6)
    leaning["inverse_document_frequency"] = np.log((1 + customers) / (1 + customers_with_it)) + 1
    leaning["tf_idf"] = leaning["weight_share"] * leaning["inverse_document_frequency"]
    leaning = leaning.sort_values(
        ["household_id", "tf_idf", "dimension_value"], ascending=[True, False, True]
    )
    leaning["affinity_rank"] = leaning.groupby("household_id").cumcount() + 1
    return leaning.assign(as_of_date=as_of)


def silence_ratio(all_purchases: pd.DataFrame) -> "pd.Series[float]":
    """Days since the last order over those expected; on each day somebody came twice."""
    day = all_purchases["as_of_date"]
    mean = all_purchases["mean_days_between_orders"]
    gaps = all_purchases["order_day_count"] - 1
    of_known_well = mean.where(gaps >= RHYTHM_GAPS).groupby(day).transform("median")
    usual = of_known_well.fillna(mean.groupby(day).transform("median"))
    expected = (gaps * mean.fillna(0) + RHYTHM_GAPS * usual) / (gaps + RHYTHM_GAPS)
    return all_purchases["days_since_last_order"] / expected.clip(lower=LEAST_DAYS_BETWEEN_ORDERS)


def rfm(all_purchases: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Quintile scores with equal scores for equal values, and the first segment that fits.

    As the macro rfm_score; no day has one value of everybody, and no spend is unknown.
    """
    columns = ["days_since_last_order", "order_count", "total_spend"]
    scored = all_purchases[["household_id", "as_of_date", *columns]].copy()
    by_day = scored.groupby("as_of_date")
    customers = by_day["household_id"].transform("size")
    for name, column, ascending in [
        ("recency", "days_since_last_order", False),
        ("frequency", "order_count", True),
        ("monetary", "total_spend", True),
    ]:
        worse = by_day[column].rank(method="min", ascending=ascending) - 1
        up_to = by_day[column].rank(method="max", ascending=ascending)
        ties = up_to - worse
        is_wide = (BINS * ties > customers) & (ties > 1) & (worse > 0)
        place = worse.where(~is_wide, (worse + up_to) / 2)
        score = (1 + BINS * place // customers).mask(is_wide & (up_to == customers), BINS)
        scored[f"{name}_score"] = score.astype(int)
    silence = silence_ratio(all_purchases)
    fits = [
        np.logical_and.reduce(
            [
                silence >= rule["min_silence_ratio"],
                silence < rule["below_silence_ratio"],
                *(
                    scored[f"{name}_score"].between(
                        rule[f"min_{name}_score"], rule[f"max_{name}_score"]
                    )
                    for name in ("recency", "frequency", "monetary")
                ),
            ]
        )
        for _, rule in _without_gaps(rules).iterrows()
    ]
    scored["rfm_segment"] = np.select(fits, list(rules["rfm_segment"]), default="")
    scored["rfm_segment"] = scored["rfm_segment"].replace({"": None})
    return scored


def _without_gaps(rules: pd.DataFrame) -> pd.DataFrame:
    """Bounds that a rule leaves open, filled in."""
    minima = [name for name in map(str, rules.columns) if name.startswith("min_")]
    maxima = [name for name in map(str, rules.columns) if name.startswith("max_")]
    everybody = {"min_silence_ratio": 0, "below_silence_ratio": np.inf}
    scores = {**dict.fromkeys(minima, 1), **dict.fromkeys(maxima, BINS)}
    return rules.fillna({**scores, **everybody})


def make_tables(data: Path, seeds: Path, out: Path) -> None:
    """Reads the files of Complete Journey and writes the four tables as Parquet.

    Args:
        data: Folder of the package's Parquet files.
        seeds: Folder that has rfm_segment_rules.csv.
        out: Folder to write to.
    """
    lines = read_lines(data)
    dates = as_of_dates(lines)
    lines = lines[lines["quantity"] > 0]
    days = customer_days(lines)
    all_purchases = pd.concat([purchases(days, as_of) for as_of in dates])
    rules = pd.read_csv(seeds / "rfm_segment_rules.csv").sort_values("rule_order")
    leanings = []
    for dimension in ("category", "brand"):
        day_items = items(lines, data, dimension)
        leanings += [affinities(day_items, as_of).assign(dimension=dimension) for as_of in dates]
    tables = {
        "customer_days": days,
        "purchases": all_purchases,
        "affinities": pd.concat(leanings),
        "rfm": rfm(all_purchases, rules),
    }
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet", index=False)


if __name__ == "__main__":
    make_tables(*map(Path, sys.argv[1:4]))
