"""How many segments: the largest number that is stable and leaves no segment tiny.

The silhouette does not choose. It is always highest at two segments, and on features that are
not transformed it praises one giant segment with a few outliers beside it.

The rule suits customers as they are, a continuum to be cut at places that hold. Were they a few
groups far apart, one of them might be cut in two without the agreement falling below the limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import nan

import numpy as np
from sklearn.metrics import adjusted_rand_score, silhouette_score

from ml.segment_groups import Floats, Groups, Labels
from ml.segment_methods import KMEANS, method_of
from ml.segment_rule import SegmentRule


@dataclass(frozen=True)
class Candidate:
    """One k that was tried. Its NaN figures were not computed: a segment was too small."""

    k: int
    silhouette: float
    bootstrap_ari: float
    smallest_share: float


@dataclass(frozen=True)
class Choice:
    """The k that was chosen, and why.

    Attributes:
        chosen: As it was measured then.
        tried: All that were tried, in ascending order of k.
        is_by_rule: Whether it keeps the rule.
        reason: Why, in words.
        chosen_on: The day whose customers chose it, ISO; empty: it is not said.
        customer_count: How many they were.
    """

    chosen: Candidate
    tried: list[Candidate]
    is_by_rule: bool
    reason: str
    chosen_on: str = ""
    customer_count: int = 0

    def metrics(self, said: str = "") -> Iterator[dict[str, object]]:
        """Rows of model_metrics; `said` stands behind the reason."""
        note = "; ".join(filter(None, (self.reason, said)))
        yield {"metric": "status", "value": float(self.is_by_rule), "note": note}
        for name, value in asdict(self.chosen).items():
            yield {"metric": name, "value": value}
        for candidate in self.tried:
            for name, value in asdict(candidate).items():
                if name != "k":
                    yield {"metric": f"candidate_k{candidate.k}_{name}", "value": value}


def fit(points: Floats, k: int, rule: SegmentRule) -> Groups:
    """Fits k segments to (n, d) points by the rule's method; one is K-means' in any case."""
    how = KMEANS if k == 1 else method_of(rule)
    return how.fit(points, k, rule.seed)


def choose_k(months: Sequence[Floats], rule: SegmentRule) -> Choice:
    """Chooses the largest k that keeps the rule; failing that two segments, failing that one.

    The agreement of one month is off by a tenth either way by chance, so that the largest k that
    keeps the rule would be another each month: the mean over months decides.

    Args:
        months: the customers of one or more days, the latest last: shape (n, d) each, finite,
            n >= 1, on scales that may be compared.
        rule: see `SegmentRule`.
    """
    samples = [_sample(points, rule.selection_rows, rule.seed) for points in months]
    points = months[-1]
    distinct = min(len(np.unique(sample, axis=0)) for sample in samples)
    fewest = min(map(len, samples))
    most = min(rule.largest_k, distinct, fewest // rule.minimum_customers)
    finds = method_of(rule).finds_count
    ks = [most] * (most >= 2) if finds else range(rule.smallest_k, most + 1)
    tried = [_over_months(samples, k, rule) for k in ks]
    number = (
        f"as many as {rule.method} finds" if finds else f"k in {rule.smallest_k}-{rule.largest_k}"
    )
    wanted = (
        f"{number} with bootstrap ARI >= "
        f"{rule.minimum_bootstrap_ari:g}, every share >= {rule.minimum_share:.0%} and at least "
        f"{rule.minimum_customers} customers a segment"
    )
    if good := [candidate for candidate in tried if _keeps(candidate, rule)]:
        return Choice(good[-1], tried, True, wanted if finds else f"the largest {wanted}")
    facts = f"among {len(points)} customers, {distinct} of them distinct in what they are told by"
    if most >= 2 and not finds:
        pair = _over_months(samples, 2, rule)
        tried = [pair, *tried]
        if _keeps(pair, rule):
            return Choice(pair, tried, False, f"two segments: no {wanted} {facts}")
    return Choice(Candidate(1, nan, nan, 1.0), tried, False, f"one segment: no {wanted} {facts}")


def _over_months(samples: Sequence[Floats], k: int, rule: SegmentRule) -> Candidate:
    """One k on each month: mean agreement and silhouette, and the smallest share of all."""
    tried = [try_k(sample, k, rule) for sample in samples]
    return Candidate(
        tried[-1].k,
        float(np.mean([one.silhouette for one in tried])),
        float(np.mean([one.bootstrap_ari for one in tried])),
        min(one.smallest_share for one in tried),
    )


def _keeps(candidate: Candidate, rule: SegmentRule) -> bool:
    return candidate.bootstrap_ari >= rule.minimum_bootstrap_ari  # False for NaN


def try_k(points: Floats, k: int, rule: SegmentRule) -> Candidate:
    """Measures one k: silhouette (Rousseeuw 1987), bootstrap stability, smallest share.

    Of a method that finds out how many there are it is the number that it finds. Those that belong
    nowhere are a segment, of any size.
    """
    groups = method_of(rule).fit(points, k, rule.seed)
    k = len(groups.centres)
    labels = groups.labels(points)
    sizes = np.delete(
        np.bincount(labels, minlength=k), [] if groups.apart is None else groups.apart
    )
    smallest = int(sizes.min(initial=len(points)))
    share = smallest / len(points)
    if share < rule.minimum_share or smallest < rule.minimum_customers or len(sizes) < 2:
        return Candidate(k, nan, nan, share)
    seen = _sample(np.column_stack([points, labels]), rule.silhouette_rows, rule.seed)
    silhouette = float(silhouette_score(seen[:, :-1], seen[:, -1]))
    return Candidate(k, silhouette, bootstrap_ari(points, labels, rule), share)


def bootstrap_ari(points: Floats, labels: Labels, rule: SegmentRule) -> float:
    """Mean agreement of `labels` with the segments that resampled customers give.

    Each replicate draws customers with replacement, fits the rule's method to them and assigns all
    customers to what it found; agreement is the adjusted Rand index (Hubert and Arabie 1985), 1
    when the segments are the same, about 0 by chance. After Hennig (2007), who uses Jaccard.

    Args:
        points: shape (n, d).
        labels: shape (n,), 0..k-1, all in use.
        rule: gives method, replicates and seed.
    """
    k = int(labels.max()) + 1
    generator = np.random.default_rng(rule.seed)
    agreements = []
    for replicate in range(rule.replicates):
        drawn = generator.integers(0, len(points), len(points))
        times = np.bincount(drawn, minlength=len(points))
        # Weights instead of repeated rows: the same fit from 63 % of the rows.
        resample, weights = points[times > 0], times[times > 0]
        # Three starts: ten find the same segments, at three times the cost.
        groups = method_of(rule).fit(resample, k, rule.seed + replicate, weights=weights, starts=3)
        agreements.append(adjusted_rand_score(labels, groups.labels(points)))
    return float(np.mean(agreements))


def _sample(points: Floats, most_rows: int, seed: int) -> Floats:
    if len(points) <= most_rows:
        return points
    return points[np.random.default_rng(seed).choice(len(points), most_rows, replace=False)]
