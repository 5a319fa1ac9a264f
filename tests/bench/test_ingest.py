"""Both ways bring in the same rows."""

import json
from pathlib import Path

import duckdb
import pytest

from bench import ingest_once
from bench.ingest import write_events


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_both_ways_bring_in_the_same_rows(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    file = write_events(tmp_path, 4000)[kind]
    names = ", ".join(ingest_once.COLUMNS)
    rows = []
    for how, table in {"plain": "events", "land": "raw_bench.events"}.items():
        (tmp_path / how).mkdir()
        for clock, times in {"perf_counter": [100, 160], "process_time": [7, 47]}.items():
            monkeypatch.setattr(ingest_once.time, clock, iter(times).__next__)
        ingest_once.main(how, file, tmp_path / how)
        with duckdb.connect(tmp_path / how / "warehouse.duckdb", read_only=True) as warehouse:
            query = f"select {names} from {table} order by all"
            rows.append(warehouse.execute(query).fetchall())
        seconds = json.loads((tmp_path / how / "seconds.json").read_text())
        assert seconds == {"wall": 60, "cpu": 40}
    assert rows[0] == rows[1]
    assert len(rows[0]) == (4000 if kind == "parquet" else 1000)
