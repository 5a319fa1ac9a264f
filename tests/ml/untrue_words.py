"""Words in names of segments that do not hold for their members."""

from collections.abc import Mapping

import pandas as pd

from ml.segment_naming import BASKET, FREQUENCY, RECENCY, holds


def untrue_words(
    told: pd.DataFrame, segment_ids: "pd.Series[int]", names: Mapping[int, str]
) -> list[str]:
    """Each such word with its name.

    Args:
        told: what `measures` returns.
        segment_ids: the segment of each row, same index.
        names: English name by segment_id.
    """
    found = []
    for segment_id, name in names.items():
        members, words = told[segment_ids == segment_id], name.lower().split(" (")[0]
        for trait in (RECENCY, FREQUENCY, BASKET):
            for word in trait.words:
                if word.english in words and not holds(members, trait, word):
                    found.append(f"{word.english} of {name}")
    return found
