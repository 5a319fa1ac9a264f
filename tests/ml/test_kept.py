"""A model that was kept is the model: the same tables to the last bit, and nothing foreign."""

from collections.abc import Callable
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skops.io.exceptions import UntrustedTypesFoundException

from ml.kept import from_bytes, to_bytes
from ml.prediction import learn
from ml.segment_history import extend
from ml.segment_rule import SegmentRule
from ml.segmentation import customers_with_orders
from ml.serving import predict
from tests.ml.in_one_call import REPURCHASE, history_of

Tables = tuple[pd.DataFrame, pd.DataFrame]


@pytest.mark.parametrize("customers", [1, 5, 240])
def test_segments(four_groups: pd.DataFrame, customers: int) -> None:
    rows = customers_with_orders(four_groups)
    history = extend(None, rows.head(customers), list, SegmentRule())
    read = from_bytes(to_bytes(history))
    assert repr(history.looks) == repr(read.looks)
    fitted, kept = history.latest, read.latest
    for table in ("assignments", "profiles"):
        pd.testing.assert_frame_equal(
            getattr(fitted, table)(rows), getattr(kept, table)(rows), check_exact=True
        )
    pd.testing.assert_frame_equal(fitted.metrics("2024-01-01"), kept.metrics("2024-01-01"))


@pytest.mark.parametrize("cutoffs", [0, 1, 4])
def test_what_was_learned(
    make_history: Callable[..., Tables], as_of_date: pd.Timestamp, cutoffs: int
) -> None:
    features, labels = make_history(cutoffs=cutoffs)
    learned = learn(REPURCHASE, history_of(features, labels), as_of_date)
    fresh, kept = (
        predict(REPURCHASE, model, features, as_of_date)
        for model in (learned, from_bytes(to_bytes(learned)))
    )
    pd.testing.assert_frame_equal(fresh.predictions, kept.predictions, check_exact=True)
    pd.testing.assert_frame_equal(fresh.metrics, kept.metrics, check_exact=True)


def test_a_foreign_type_is_refused() -> None:
    with pytest.raises(UntrustedTypesFoundException, match="Fraction"):
        from_bytes(to_bytes({"model": Fraction(1, 2)}))


# Written once: the same may be as other bytes another time.
KEPT = to_bytes([1.5, "a"])


@given(st.data())
def test_other_bytes_than_were_written_are_refused(data: st.DataObject) -> None:
    kept = KEPT
    place = data.draw(st.integers(0, len(kept) - 1))
    flipped = bytearray(kept)
    flipped[place] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(flipped), kept[:place], kept + b"\0", b""):
        with pytest.raises(ValueError, match="not the bytes"):
            from_bytes(damaged)
