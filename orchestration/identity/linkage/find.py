"""Finds who is one person without a shared identifier, among the accounts of each shop."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from ml.record_linkage import spanning_forest
from orchestration import progress
from orchestration.errors import PortraitError
from orchestration.identity.found_links import FoundLink
from orchestration.identity.linkage.accounts import copy_accounts, known_keys, last_days
from orchestration.identity.linkage.comparisons import equal_level
from orchestration.identity.linkage.link import Linked, link_records, make_table
from orchestration.identity.linkage.records import Field, read_accounts

# Nothing that is guessed from names is certain.
_MOST = 0.9999
# A family has one surname and one address: names must be alike, and known of both. A given name may
# be abbreviated, or have changed places with the surname. And nobody has two birth dates, or two of
# anything else of which a person has one.
_MAY_BE_ONE = """
    exists (
        select 1
        from records as first_records
        join raw as one on first_records.truth = one.source_key
        join records as other_records on other_records.record = other
        join raw as two on other_records.truth = two.source_key
        where first_records.record = first and case
            when one.given_name is null and two.given_name is null
                then jaro_winkler_similarity(one.surname, two.surname) >= 0.92
            when one.given_name is null or two.given_name is null then false
            when jaro_winkler_similarity(one.surname, two.surname) >= 0.85
                then starts_with(one.given_name, two.given_name)
                    or starts_with(two.given_name, one.given_name)
                    or jaro_winkler_similarity(one.given_name, two.given_name) >= 0.85
            else
                jaro_winkler_similarity(one.given_name, two.surname) >= 0.92
                and jaro_winkler_similarity(one.surname, two.given_name) >= 0.92
        end
    )
    and not exists (
        select 1
        from records as first_records
        join traits on first_records.truth = traits.source_key
        join records as other_records on other_records.record = other
        join traits as other_traits
            on
                other_records.truth = other_traits.source_key
                and traits.identifier_kind = other_traits.identifier_kind
                and traits.identifier <> other_traits.identifier
        where first_records.record = first
    )
"""
# Names and a town are shared by many, however rare they look, and mailboxes are called after names:
# one of these must agree too, at least to this level. Of an e-mail address that is the mailbox, of
# an address all but a typing error.
_TELLING = {"birth_date": 4, "email": 3, "address": 2}
_LINKED = 1
# What connects two keys, in the order in which it may: what was found before, so that days on which
# they were known to be one stay as they were; what links them anyway; then the likeliest.
_EDGES = f"""
    with
    likely as (
        select first, other, place, probability from pairs
        where probability >= ? and {_MAY_BE_ONE}
    ),
    connecting as (
        select 2 as turn, first, other, place, probability from likely
        union all
        select
            {_LINKED}, least(firsts.record, others.record),
            greatest(firsts.record, others.record), null, null
        from linked
        join records as firsts on linked.first_source_key = firsts.truth
        join records as others on linked.other_source_key = others.truth
    ),
    pairwise as (
        select first, other, min(turn) as turn, max(place) as place, max(probability) as probability
        from connecting group by first, other
    )
    select
        if(before.source_key is null, turn, 0) as turn, pairwise.probability,
        least(firsts.truth, others.truth) as source_key,
        greatest(firsts.truth, others.truth) as other_source_key,
        pairwise.first, pairwise.other, pairwise.place
    from pairwise
    join records as firsts on pairwise.first = firsts.record
    join records as others on pairwise.other = others.record
    left join before
        on least(firsts.truth, others.truth) = before.source_key
        and greatest(firsts.truth, others.truth) = before.other_source_key
    order by turn, pairwise.probability desc nulls first, source_key, other_source_key
"""


class _Edge(NamedTuple):
    """A row of _EDGES: two records by number and key, with their place among the pairs."""

    turn: int
    probability: float
    source_key: str
    other_source_key: str
    first: int
    other: int
    place: int | None


def no_accounts() -> PortraitError:
    """The error where no run has told who the accounts are."""
    return PortraitError("There are no accounts yet to look at.", "Make them: portrait run")


def find_links(
    warehouse: duckdb.DuckDBPyConnection, before: Sequence[FoundLink], least: float
) -> list[FoundLink]:
    """Accounts of a shop that are one person's though they share no identifier.

    Of each person no more pairs than are needed, the likeliest. What was found before keeps its
    day, as long as it is likely enough or an identifier links the two by now; so what was known of
    past days stays. The same accounts give the same links.

    Args:
        warehouse: The warehouse as the last run left it.
        before: What was found before.
        least: The probability from which on two are one person's, 0..1.

    Raises:
        PortraitError: No run has made the tables that are looked at.
    """
    try:
        keys, days = known_keys(warehouse), last_days(warehouse)
    except duckdb.CatalogException as error:
        raise no_accounts() from error
    known = {link.keys: link for link in before}
    # A source that is switched off says nothing of its accounts: they wait for it.
    found = [link for link in before if not keys.issuperset(link.keys)]
    for shop, on in days.items():
        progress.started(f"looking at the accounts of {shop}")
        with duckdb.connect() as connection:
            copy_accounts(warehouse, connection, shop, on)
            found += _of_shop(connection, known, least, on)
    return sorted(found)


def _of_shop(
    connection: duckdb.DuckDBPyConnection,
    known: Mapping[tuple[str, str], FoundLink],
    least: float,
    on: date,
) -> list[FoundLink]:
    fields = read_accounts(connection, "source_key")
    if not fields:
        return []
    linked = link_records(connection, fields, _MAY_BE_ONE)
    places = np.flatnonzero(_tell_more_than_names(linked, fields))
    make_table(
        connection,
        "pairs",
        first=linked.pairs["first"][places],
        other=linked.pairs["other"][places],
        place=places,
        probability=1 / (1 + np.exp(-linked.pairs["score"][places])),
    )
    keys = np.array([*known], dtype=object).reshape(-1, 2)
    make_table(connection, "before", source_key=keys[:, 0], other_source_key=keys[:, 1])
    edges = [_Edge(*row) for row in connection.execute(_EDGES, [least]).fetchall()]
    firsts, others = [edge.first for edge in edges], [edge.other for edge in edges]
    chosen = [edges[n] for n in spanning_forest(len(linked.labels), firsts, others)]
    return [_link(edge, known, linked, fields, on) for edge in chosen if edge.turn != _LINKED]


def _tell_more_than_names(linked: Linked, fields: Sequence[Field]) -> NDArray[np.bool_]:
    """Whether each pair is alike in something that hardly two persons share."""
    alike = np.zeros(len(linked.pairs["first"]), dtype=bool)
    for field in fields:
        if field.name in _TELLING:
            alike |= linked.pairs[field.column] >= _TELLING[field.name]
    return alike


def _link(
    edge: _Edge,
    known: Mapping[tuple[str, str], FoundLink],
    linked: Linked,
    fields: Sequence[Field],
    on: date,
) -> FoundLink:
    """What is found of two; of those whom an identifier links by now, what was found before."""
    before = known.get((edge.source_key, edge.other_source_key))
    if before and edge.place is None:
        return before
    equal = {
        field.name
        for field in fields
        if linked.pairs[field.column][edge.place] == equal_level(field)
    }
    return FoundLink(
        edge.source_key,
        edge.other_source_key,
        min(_MOST, round(edge.probability, 4)),
        tuple(sorted(name.replace("_", " ") for name in equal)),
        before.found_on if before else on,
    )
