"""One measured fit: `python -m bench.lifetime_value_once MODEL PURCHASES OUT`.

It reads purchases from a file of numpy (customer, day, amount), makes histories of them, fits the
model and says what everybody will buy within a year. Seconds of each part are left in OUT.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ml.lifetime_value import (
    DAYS_IN_WEEKS,
    SwallowedPurchases,
    fit_lifetime_value,
    summarise_transactions,
    track_holdout,
)


def main(model: str, purchases: Path, out: Path) -> None:
    """Does it and writes the seconds."""
    columns = np.load(purchases)
    table = pd.DataFrame(
        {
            "customer_id": columns["customer"],
            "order_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(columns["day"], unit="D"),
            "amount": columns["amount"],
        }
    )
    # As many as there are: the simulated ones are told apart to the second.
    warnings.simplefilter("ignore", SwallowedPurchases)
    moments = [time.perf_counter()]
    summary = summarise_transactions(table, DAYS_IN_WEEKS, calibrated_until="2025-03-31")
    moments.append(time.perf_counter())
    fitted = fit_lifetime_value(summary, model)
    moments.append(time.perf_counter())
    fitted.predict(summary.customers, 52, DAYS_IN_WEEKS.rate(0.1))
    moments.append(time.perf_counter())
    bias = track_holdout(summary, fitted).figures["bias"]
    moments.append(time.perf_counter())
    names = ("histories", "fit", "discounted year", "hold-out")
    seconds = dict(zip(names, np.diff(moments).tolist(), strict=True))
    out.write_text(json.dumps({"seconds": seconds, "bias": bias, "notes": fitted.notes}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
