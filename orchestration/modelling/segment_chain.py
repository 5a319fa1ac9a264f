"""A shop's segments from month to month, each link kept with what it was made from.

A link is made from the customers of its day and from the link before, so the last one that still
fits the data is taken and only those behind it are made: one a month, and after a correction of the
past those from there on.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

import duckdb
import pandas as pd

from ml.segment_history import MONTHS, SegmentHistory, extend
from ml.segment_rule import SegmentRule
from orchestration.modelling.kept_models import Kept, Maker, fitted, forget, made_from
from orchestration.modelling.tables import Shop

# How the name of a kept link begins.
LINK = "customer_segments "


def made_by(maker: Maker, rule: SegmentRule) -> str:
    """Tells the code and the rule that segments are made by from any other."""
    return hashlib.md5(f"{maker.code} {rule}".encode()).hexdigest()  # noqa: S324


class SegmentChain:
    """The links of a shop, one each day on which its segments are looked at."""

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        shop: Shop,
        digests: Mapping[date, str],
        customers: Callable[[date], pd.DataFrame],
        rule: SegmentRule,
        maker: Maker,
    ) -> None:
        """Of the days on which anybody has ordered.

        Args:
            warehouse: A connection that writes.
            shop: The shop.
            digests: What the customers of each day are told by, as a text; of today at least.
            customers: Gives the customers of a day, as segments take them.
            rule: How segments are made.
            maker: The code, and whether all is made anew.
        """
        self._warehouse, self._shop, self._customers = warehouse, shop, customers
        self._rule, self._is_forced = rule, maker.is_forced
        self._days = [day for day in shop.fitting_dates if day in digests] or [shop.today]
        self._made_from: list[str] = []
        before = made_by(maker, rule)
        for day in self._days:
            before = hashlib.md5(f"{before} {digests[day]}".encode()).hexdigest()  # noqa: S324
            self._made_from.append(before)

    def latest(self) -> Kept:
        """The history of the shop's segments up to today, and whether its last link is new."""
        held = made_from(self._warehouse, self._shop.name)
        names = [self._name(index) for index in range(len(self._days))]
        fits = [held.get(name) == made for name, made in zip(names, self._made_from, strict=True)]
        last_kept = max((index for index, does_fit in enumerate(fits) if does_fit), default=0)
        first = 0 if self._is_forced else last_kept
        link = self._link(first, None)
        for index in range(first + 1, len(names)):
            link = self._link(index, link)
        links = {name for name in held if name.startswith(LINK)}
        forget(self._warehouse, self._shop.name, links - set(names))
        return link

    def _name(self, index: int) -> str:
        return f"{LINK}{self._days[index]}"

    def _link(self, index: int, before: Kept | None) -> Kept:
        def make() -> SegmentHistory:
            link = before
            if link is None and index:  # The link that was to be read is damaged.
                link = self._link(index - 1, None)
            return extend(
                link.model if link else None,
                self._customers(self._days[index]),
                lambda: [self._customers(day) for day in self._earlier(index)],
                self._rule,
            )

        return fitted(
            self._warehouse,
            self._shop.name,
            self._name(index),
            self._made_from[index],
            make,
            SegmentHistory,
            is_forced=self._is_forced,
        )

    def _earlier(self, index: int) -> list[date]:
        return self._days[max(0, index - MONTHS + 1) : index]
