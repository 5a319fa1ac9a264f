"""Records of persons are linked by what they say, and whoever is like another stays apart."""

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.errors import PortraitError
from orchestration.identity.linkage.candidates import _choose, _Rule, _rules
from orchestration.identity.linkage.evaluate import Evaluation, evaluate_linkage
from orchestration.identity.linkage.records import prepare, read_records
from tests.data_sets import PUBLIC_DATA

Record = dict[str, str]
GIVEN = ["anna", "bo", "carla", "david", "emma", "felix", "greta", "hugo", "ida", "jonas"]
SURNAMES = [f"{a}{b}" for a in ("berg", "linden", "stein", "wald", "bach") for b in
            ("", "er", "mann", "dorf", "son", "hoff", "meier", "feld")]  # fmt: skip
TOWNS = ["aachen", "bremen", "celle", "dresden", "essen", "fulda", "gera", "hanau"]


def people(count: int) -> list[Record]:
    """Each person twice and more: as they are, with a typing error, with names exchanged."""
    draw = random.Random(5)
    records = []
    for number in range(count):
        given, surname = draw.choice(GIVEN), draw.choice(SURNAMES)
        born = f"{draw.randint(1990, 1992)}-0{draw.randint(1, 3)}-{draw.randint(1, 28):02}"
        town, street = draw.choice(TOWNS), f"{draw.choice(SURNAMES)}weg {draw.randint(1, 99)}"
        true = {"given": given, "surname": surname, "born": born, "town": town, "street": street}
        cut = draw.randrange(len(surname))
        wrong = {**true, "surname": surname[:cut] + "x" + surname[cut + 1 :], "town": ""}
        swapped = {**true, "given": surname.upper(), "surname": given.title(), "street": ""}
        for kind, record in enumerate((true, wrong, swapped)):
            records.append({"id": f"{number}-{kind}", **record, "person": f"p{number}"})
    return records


def written(path: Path, records: Sequence[Record]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def without_time(evaluation: Evaluation) -> dict[str, object]:
    return {**asdict(evaluation), "seconds": None}


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> list[Evaluation]:
    """The same records in two orders."""
    folder, found = tmp_path_factory.mktemp("people"), []
    records = people(300)
    for seed in (1, 2):
        random.Random(seed).shuffle(records)
        file = written(folder / f"{seed}.csv", records)
        found.append(evaluate_linkage([file], "person"))
    return found


def test_records_of_a_person_are_linked_and_others_are_not(shuffled: list[Evaluation]) -> None:
    scores = shuffled[0].scores
    assert scores.precision > 0.99
    assert scores.recall > 0.97
    assert scores.f1 > max(alone.f1 for alone in shuffled[0].fields_alone.values()) + 0.2
    assert shuffled[0].persons == 300
    assert shuffled[0].compared == {
        "street": "code",
        "born": "date",
        "surname": "text",
        "given": "text",
        "town": "text",
    }


def test_nothing_depends_on_the_order_of_records(shuffled: list[Evaluation]) -> None:
    assert without_time(shuffled[0]) == without_time(shuffled[1])


def test_rules_that_are_left_out_would_find_no_other_pair(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        fields, _ = read_records(
            connection, [written(tmp_path / "a.csv", people(100))], "person", None
        )
        prepare(connection, fields)
        rules = [*_rules(fields)]
        chosen = _choose(connection, fields, 10_000_000)
        assert 10 < len(chosen) < len(rules) / 2

        def found(by: Sequence[_Rule]) -> set[tuple[int, int]]:
            every = " union ".join(f"({rule.pairs})" for rule in by)
            return {*connection.execute(every).fetchall()}

        assert found(chosen) == found(rules)
        few = _choose(connection, fields, 300)
        assert 0 < len(found(few)) <= 300


def test_nothing_depends_on_which_of_equal_records_comes_first(tmp_path: Path) -> None:
    """Two persons of one name; no other column says who is who."""
    names = [{key: one[key] for key in ("given", "surname", "person")} for one in people(300)]
    found = []
    for seed in (1, 2, 3):
        random.Random(seed).shuffle(names)
        found.append(evaluate_linkage([written(tmp_path / f"{seed}.csv", names)], "person"))
    assert without_time(found[0]) == without_time(found[1]) == without_time(found[2])
    assert 1 < found[0].clusters < found[0].records


def test_of_a_column_that_says_what_others_do_only_the_rest_is_compared(tmp_path: Path) -> None:
    titles = ["", " of Gera", " Baron of Essen"]
    records = [
        {**one, "full": f"{one['given']} {one['surname']}{titles[n % 3]}"}
        for n, one in enumerate(people(40))
    ]
    with duckdb.connect() as connection:
        file = written(tmp_path / "a.csv", records)
        fields, repeated = read_records(connection, [file], "person", None)
        (rest,) = [field for field in fields if field.kind == "words"]
        values = connection.execute(f"select distinct {rest.column} from records").fetchall()
    assert [field.name for field in repeated] == ["full"]
    assert {"given", "surname"} < {field.name for field in fields}
    assert rest.name.startswith("full beyond ")
    assert {*values} == {(None,), ("gera of",), ("baron essen of",)}
    evaluation = evaluate_linkage([file], "person")
    assert "full" in evaluation.fields_alone
    assert not evaluation.fields_alone.keys() & {rest.name}


@pytest.mark.public_data
def test_public_records_are_linked_better_than_by_any_field() -> None:
    """FEBRL 4, and Splink's fake_1000: the F1 that are in docs/identity.md."""
    febrl = [PUBLIC_DATA / "identity_febrl" / f"dataset4{part}.csv" for part in "ab"]
    found = evaluate_linkage(febrl, "rec_id", r"^(rec-\d+)")
    assert found.persons == 5000
    assert found.scores.f1 > 0.998
    fake = PUBLIC_DATA / "identity_splink_fake1000" / "fake_1000.csv"
    found = evaluate_linkage([fake], "cluster")
    assert found.scores.f1 == pytest.approx(0.976, abs=0.002)
    assert max(alone.f1 for alone in found.fields_alone.values()) == pytest.approx(0.590, abs=1e-3)


def test_the_command_tells_how_well_it_went(tmp_path: Path) -> None:
    file = written(tmp_path / "people.csv", people(40))
    arguments = ["identity", "evaluate", "--records", str(file), "--truth", "id"]
    arguments += ["--truth-pattern", r"^(\d+)-", "--leave-out", "person"]
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.output
    assert "120 records of 40 persons" in told.output
    assert "born is the same" in told.output
    as_json = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert as_json["scores"]["f1"] > 0.9


@pytest.mark.parametrize(
    ("text", "truth", "pattern", "message"),
    [
        (None, "person", None, "There is no file"),
        ("a,person\nx,1\ny,2\n", "who", None, "The records have no column who."),
        ("person\n1\n2\n", "person", None, "There is no column to compare."),
        ("a,person\nx,1\n", "person", None, "There are fewer than two records."),
        ("a,person\nx,1\ny,\n", "person", None, "The truth of 1 records is not known"),
        ("a,person\nx,1\ny,2\n", "person", "(3)", "The truth of 2 records is not known"),
        ("a,b,person\nx,1,1\nx,2,2\n", "person", None, "No column says who a record is of"),
        ("a,person\nx,1\nx,2\ny,3\n", "person", "(", "The truth cannot be had by ("),
    ],
)
def test_what_cannot_be_evaluated_is_told(
    tmp_path: Path, text: str | None, truth: str, pattern: str | None, message: str
) -> None:
    file = tmp_path / "records.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(PortraitError) as told:
        evaluate_linkage([file], truth, pattern)
    assert message in told.value.message


def test_names_of_columns_and_values_are_only_names(tmp_path: Path) -> None:
    """Columns that are called as ours are, with quotes in them, and Parquet beside CSV."""
    file = tmp_path / "hostile.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select 'Zoë ''--' || n // 2 as "record", n // 4 as "truth",
                    '陈' || n // 2 as "a"" b", date '2000-01-01' + (n // 2)::integer as field_0
                from range(40) as t (n)
            ) to '{file}'
        """).fetchall()
    found = evaluate_linkage([file], "truth")
    assert (found.records, found.clusters) == (40, 20)
    assert found.compared == {"record": "code", 'a" b': "code", "field_0": "date"}
