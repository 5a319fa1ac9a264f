"""What is foretold of a customer, as rows of their page."""

from collections.abc import Sequence
from typing import Any

from orchestration.pages.rendering import amount, percent
from orchestration.pages.words import Speaker
from orchestration.publishing.reading import Row


def prediction_rows(
    rows: Sequence[Row], currency: str | None, say: Speaker
) -> list[dict[str, Any]]:
    """Predictions with their range, the rule of thumb beside them, and why."""
    told = []
    for row in rows:
        is_amount = row["probability"] is None
        expected = amount(row["expected_amount"], currency) if is_amount else None
        told.append(
            {
                "name": say.name("target", row["target"]),
                "share": row["probability"],
                "expected": expected or percent(row["probability"]),
                "range": _range(row, say) if is_amount else "",
                "baseline": amount(row["baseline_amount"], currency)
                if is_amount
                else percent(row["baseline_probability"]),
                "reasons": row["reasons_zh" if say.language == "zh" else "reasons"],
                "by": say.name("series", "model" if row["is_model_served"] else "baseline"),
            }
        )
    return told


def _range(row: Row, say: Speaker) -> str:
    """The ends of an amount's range, and of how many such a range held; empty where it has none."""
    if row["lower_amount"] is None or row["upper_amount"] is None:
        return ""
    ends = f"{amount(row['lower_amount'])}–{amount(row['upper_amount'])}"
    if row["range_held"] is None:
        return ends
    return say("customer.prediction.range", ends=ends, held=percent(row["range_held"]))
