"""Whatever the columns are called and hold, a draft is made, runs, and loses no row."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.errors import PortraitError
from orchestration.onboarding.draft_yml import models_yml, sources_yml
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.vocabulary import Contract, entity_words, table_words
from tests.orchestration.onboarding.rendering import stage
from tests.orchestration.onboarding.shops import write_csv

KNOWN = sorted(
    {name for e in entity_words().values() for c in e.columns.values() for name in c.names | c.also}
)
TRICKY = [
    "select",
    "order",
    "{{ x }}",
    "it's",
    'a "b"',
    "_row",
    "a;b",
    "a,b",
    " ",
    "Ünï",
    "#",
    "\\",
]
VALUES = {
    "ids": [f"k{n}" for n in range(6)],
    "numbers": ["1", "-2.50", "1,234.50", "1.234,50", "¥3", "", "x", "1e9"],
    "times": ["2024-01-05", "2024-01-05 10:00:00 -0500", "5.1.2024", "1704448800000", "", "soon"],
    "words": ["F", "女", "view", "buy", "paid", "USD", "a@b.co", "yes", "'", "{{", "  ", "null"],
}
names = st.one_of(st.sampled_from(KNOWN), st.sampled_from(TRICKY), st.text(max_size=8))
values = st.one_of(*(st.sampled_from(drawn) for drawn in VALUES.values()))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    header = draw(st.lists(names, min_size=1, max_size=8))
    kinds = [draw(st.sampled_from([*VALUES, "any"])) for _ in header]
    rows = [
        [draw(values if kind == "any" else st.sampled_from(VALUES[kind])) for kind in kinds]
        for _ in range(draw(st.integers(1, 8)))
    ]
    return header, rows


def expected_rows(sample: Sample, model: str, found: EntityGuess) -> int:
    """Rows of the table, or as many as there are keys."""
    if found.only or (found.grain == "group" and found.entity != "orders"):
        return -1
    if found.grain == "group":
        counted = f"select count(distinct (source_order_id, source_customer_id)) from ({model})"
    else:
        counted = f"select count(*) from {found.table.relation}"
    return int(sample.connection.execute(counted).fetchall()[0][0])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(tables(), min_size=1, max_size=2))
def test_any_tables_are_drafted(
    contract: Contract, drawn: list[tuple[list[str], list[list[str]]]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        for number, (header, lines) in enumerate(drawn):
            write_csv(Path(name) / f"{'orders' if number else 'events'}.csv", header, lines)
        with suppress(PortraitError), sample_files(Path(name), table_words()) as sample:
            guessed = guess(sample, contract)
            assert sources_yml("shop", sample, "UTC") and models_yml(
                "shop", guessed.entities, stage(sample, guessed)
            )
            for entity, model in stage(sample, guessed).items():
                found = guessed.entities[entity]
                sample.connection.execute(f"explain {model}")
                described = sample.connection.execute(f"describe {model}").fetchall()
                types = contract.entities[entity]
                assert {row[0] for row in described} <= set(types)
                ((count,),) = sample.connection.execute(
                    f"select count(*) from ({model})"
                ).fetchall()
                expected = expected_rows(sample, model, found)
                assert expected in (-1, count)
                union = ", ".join(f'cast(null as {t}) as "{c}"' for c, t in types.items())
                wanted = dict(
                    row[:2]
                    for row in sample.connection.execute(f"describe select {union}").fetchall()
                )
                assert {row[0]: row[1] for row in described} == {
                    row[0]: wanted[row[0]] for row in described
                }
