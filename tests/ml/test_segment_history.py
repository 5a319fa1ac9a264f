"""Segments stay themselves while customers come, drift and change."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.artifact import segments_facts
from ml.segment_history import PATIENCE, SegmentHistory, extend
from ml.segment_rule import SegmentRule
from ml.segmentation import PROFILE_FEATURES

RULE = SegmentRule(replicates=5, smallest_k=2, largest_k=3)
# Size, days since the last order, orders, basket.
Group = tuple[int, float, float, float]
BASIC: list[Group] = [(60, 5, 20, 30), (60, 60, 5, 100), (60, 200, 1, 20)]


def customers(
    month: int, groups: Sequence[Group], *, seed: int = 0, noise: float = 0.1
) -> pd.DataFrame:
    """Customers on the first of a month of 2024, those of a group alike."""
    generator = np.random.default_rng((seed, month))
    frames = []
    for size, *centre in groups:
        told = np.array(centre) * generator.lognormal(0, noise, (size, 3))
        frames.append(pd.DataFrame(told, columns=PROFILE_FEATURES[:3]))
    rows = pd.concat(frames, ignore_index=True)
    rows["total_spend"] = rows["order_count"] * rows["average_order_value"]
    rows["mean_days_between_orders"] = 10.0
    rows.insert(0, "customer_id", [f"c{number:04}" for number in range(len(rows))])
    rows.insert(1, "as_of_date", pd.Timestamp(2024, month, 1))
    return rows.reindex(columns=["customer_id", "as_of_date", *PROFILE_FEATURES])


def history_of(months: Sequence[pd.DataFrame], rule: SegmentRule = RULE) -> SegmentHistory:
    history = None
    for number, month in enumerate(months):
        earlier = months[max(0, number - 2) : number]
        history = extend(history, month, lambda earlier=earlier: earlier, rule)
    assert history is not None
    return history


def decisions(history: SegmentHistory) -> list[str]:
    return [look.decision for look in history.looks]


def ids_by_group(history: SegmentHistory, month: pd.DataFrame, sizes: Sequence[int]) -> list[int]:
    """The segment that most of each group are in."""
    ids = history.latest.assignments(month)["segment_id"].to_numpy()
    return [int(np.bincount(group).argmax()) for group in np.split(ids, np.cumsum(sizes)[:-1])]


def test_segments_that_say_the_same_are_kept() -> None:
    months = [customers(month, BASIC) for month in range(1, 5)]
    history = history_of(months)
    assert decisions(history) == ["new", "kept", "kept", "kept"]
    assert len(history.versions) == 1
    assert history.latest.fitted_on == "2024-01-01"
    assert "kept, refit agrees 1.00" in history.looks[-1].said


def test_segments_that_are_kept_have_names_that_are_true() -> None:
    """Gaps of 100 days where they were of ten: fifty days of silence are few now."""
    groups = [(60, 5, 20, 30), (60, 50, 5, 100)]
    months = [
        customers(month, groups).assign(mean_days_between_orders=10.0 if month < 3 else 100.0)
        for month in range(1, 5)
    ]
    history = history_of(months, replace(RULE, largest_k=2))
    assert decisions(history) == ["new", "kept", "renamed", "kept"]
    for day, words in (
        ("2024-02-01", {"Active frequent", "Lapsed occasional"}),
        ("2024-04-01", {"Frequent buyers,", "Occasional buyers,"}),
    ):
        assert {" ".join(name.split()[:2]) for name, _ in history.on(day).names} == words
    assert history.on("2024-03-01") is history.latest
    before, after = history.versions
    assert (before.fitted_on, before.ids) == (after.fitted_on, after.ids)
    assert before.version != after.version


def test_the_first_are_numbered_by_mean_spend() -> None:
    months = [customers(1, BASIC)]
    assert ids_by_group(history_of(months), months[0], [60] * 3) == [0, 1, 2]


def test_who_drifts_together_keeps_the_number() -> None:
    """Orders and baskets double in a year, so that the order of spend turns round."""
    months = [
        customers(month, [(60, 5, 20, 30), (60, 60, 3 * 1.5**month, 100), (60, 200, 1, 20)])
        for month in range(1, 8)
    ]
    history = history_of(months, RULE)
    assert set(decisions(history)) <= {"new", "kept", "renamed", "refitted"}
    assert "refitted" in decisions(history)
    assert all(version.ids == history.versions[0].ids for version in history.versions)
    assert ids_by_group(history, months[-1], [60] * 3) == ids_by_group(
        history_of(months[:1]), months[0], [60] * 3
    )
    spend = months[-1].groupby(history.latest.assignments(months[-1])["segment_id"])["total_spend"]
    assert not spend.mean().is_monotonic_decreasing


def test_figures_are_of_the_day_on_which_the_number_was_chosen() -> None:
    months = [
        customers(month, [(60, 5, 20, 30), (60, 60, 3 * 1.5**month, 100), (60 + month, 200, 1, 20)])
        for month in range(1, 8)
    ]
    history = history_of(months)
    assert "refitted" in decisions(history) and history.latest.fitted_on > "2024-01-01"
    told = history.latest.metrics("2024-07-01")
    assert set(told["evaluated_on"]) == {pd.Timestamp(2024, 1, 1)}
    assert set(told["customer_count"]) == {181}
    facts = segments_facts(history.latest)
    assert facts["evaluated_on"] == "2024-01-01"
    assert facts["trained_to"] == history.latest.fitted_on
    # In January they were 60, 60 and 61.
    share = told.set_index("metric")["value"]["smallest_share"]
    assert share == pytest.approx(60 / 181)


def test_a_number_is_inherited_or_new_and_never_used_again() -> None:
    """A group leaves, then one like it comes back: it is another segment."""
    here = [*BASIC[:2], (30, 200, 1, 20)]
    gone = [*BASIC[:2], (30, 30, 60, 5)]
    months = [customers(month, gone if month % 2 == 0 else here) for month in range(1, 5)]
    seen = [
        ids_by_group(history_of(months[:count]), months[count - 1], [60, 60, 30])
        for count in range(1, 5)
    ]
    assert all(one[:2] == seen[0][:2] for one in seen)
    assert len({one[2] for one in seen}) == 4


def test_the_number_of_a_segment_that_is_gone_is_not_given_again() -> None:
    """The third group is away for a month, and the shop has doubled when it comes back.

    It is put in with the second first, half and half, so that neither of both is that segment.
    """
    back = [(2 * size, *told) for size, *told in BASIC]
    months = [customers(1, BASIC), customers(2, BASIC[:2]), customers(3, back)]
    history = history_of(months, replace(RULE, minimum_bootstrap_ari=0.95))
    assert [sorted(version.ids) for version in history.versions] == [[0, 1, 2], [0, 1], [0, 3, 4]]


def test_a_further_month_changes_nothing_of_the_months_before() -> None:
    months = [
        customers(month, [(60, 5 * month, 20, 30), (60, 60, 5, 100), (60, 200, 1, 20 * month)])
        for month in range(1, 7)
    ]
    whole = history_of(months)
    for count in range(1, 7):
        before = history_of(months[:count])
        assert repr(whole.looks[:count]) == repr(before.looks)
        for month in months[:count]:
            day = month["as_of_date"].iloc[0].date().isoformat()
            pd.testing.assert_frame_equal(
                whole.on(day).assignments(month), before.on(day).assignments(month)
            )


def test_a_cloud_without_groups_is_cut_as_before_until_patience_ends() -> None:
    """No refit of it is stable: three looks later it is made anew."""
    rule = SegmentRule(replicates=5, minimum_bootstrap_ari=0.0, smallest_k=8, largest_k=8)
    months = [customers(month, [(150, 50, 5, 50)], noise=0.5) for month in range(1, 9)]
    history = history_of(months, rule)
    unstable = [look.unstable_months for look in history.looks]
    assert max(unstable) == PATIENCE - 1
    assert decisions(history)[unstable.index(PATIENCE - 1) + 1] == "made anew"


def test_a_shop_that_has_doubled_is_looked_at_anew() -> None:
    small = [(12, *group[1:]) for group in BASIC[:2]]
    months = [customers(1, small), customers(2, small), customers(3, BASIC)]
    history = history_of(months)
    assert history.versions[0].choice.chosen.k == 2
    assert decisions(history)[-1] == "made anew"
    assert history.latest.choice.chosen.k == 3


def test_where_no_number_keeps_the_rule_it_is_looked_for_again_in_time() -> None:
    months = [customers(month, [(12, 5, 20, 30)]) for month in range(1, 6)]
    history = history_of(months, replace(RULE, minimum_customers=10))
    assert decisions(history) == ["new", "kept", "kept", "made anew", "kept"]


@pytest.mark.parametrize("size", [1, 4])
def test_a_handful_of_customers_is_one_segment_each_month(size: int) -> None:
    months = [customers(month, [(size, 5, 20, 30)]) for month in (1, 2, 3)]
    history = history_of(months)
    assert decisions(history) == ["new", "kept", "kept"]
    assert [version.ids for version in history.versions] == [[0]]
    assert {name for version in history.versions for name, _ in version.names} == {"All customers"}


def test_before_the_first_fit_the_first_segments_hold() -> None:
    history = history_of([customers(2, BASIC)])
    assert history.on("2024-01-15") is history.on("2024-02-15") is history.latest


def test_segments_can_be_held_at_a_version() -> None:
    """Days before it are as they were, and all from it on are by it."""
    months = [customers(month, BASIC) for month in (1, 2)]
    months += [
        customers(month, [*BASIC[:2], (200, 200, 1, 20), (60, 20, 40, 500)]) for month in (3, 4)
    ]
    history = history_of(months)
    first, last = history.versions[0], history.latest
    assert first.version != last.version
    held = history.held_at(first)
    assert {held.on(day) for day in ("2024-01-01", "2024-04-01", "2024-05-01")} == {first}
    assert [look.day for look in held.looks] == ["2024-01-01"]
    assert history.held_at(last).versions == history.versions
