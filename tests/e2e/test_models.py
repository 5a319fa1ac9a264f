"""An older version of any model is served by one command, and taken back by another."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import run_portrait
from tests.e2e.daily_shop import contents, snapshot, write_days
from tests.e2e.two_seasons import WINTER, TwoSeasons, two_seasons  # noqa: F401


def portrait(home: Path, *arguments: str) -> str:
    finished = run_portrait(home, *arguments)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


SEGMENTS = "customer_segments"


def test_an_older_version_is_served_and_taken_back(
    two_seasons: TwoSeasons,  # noqa: F811
    tmp_path: Path,
) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    shutil.copytree(two_seasons.winter, home, symlinks=True)
    # A month more, which teaches a second version.
    write_days(data, 0, WINTER + 35)
    portrait(home, "run", "--source", f"online_retail={data}")
    before = contents(home)
    told = json.loads(portrait(home, "models", "list", "--json"))
    others = [one for one in told if not one["is_latest"]]
    predicted = next(one for one in others if one["prediction"] != SEGMENTS)
    old = [predicted, next(one for one in others if one["prediction"] == SEGMENTS)]
    for one in old:
        key = (one["prediction"], one["model_version"][:6])
        portrait(home, "models", "serve", *key, "--note", "as in summer")
    pins = home.with_name("home-own") / "pinned_models.yml"
    assert pins.read_text().count("as in summer") == 2
    assert "new since the last run: pinned models." in portrait(home, "run")
    for one in old:
        name = one["prediction"]
        ((version, since),) = snapshot(
            home,
            "select model_version, served_since from model_versions "
            f"where is_served and prediction = '{name}'",
        )
        assert version == one["model_version"]
        condition = f"model_name like '{name}%'" if name == SEGMENTS else f"prediction = '{name}'"
        ((note,),) = snapshot(
            home, f"select note from model_metrics where metric = 'status' and {condition}"
        )
        assert f"pinned by the user (version {version}" in str(note)
        card = portrait(home, "models", "show", name)
        assert f"Served since the portraits of {since}, as the user has pinned it." in card
    ((found,),) = snapshot(home, "select distinct model_version from customer_segments")
    assert found == old[1]["model_version"]
    model = next(pins.parent.glob(f"models/{SEGMENTS}-*"))
    whole = model.read_bytes()
    model.write_bytes(whole[:-1])
    refused = run_portrait(home, "run")
    assert refused.returncode == 2
    assert "is not the model that was pinned" in refused.stderr
    assert f"models serve {SEGMENTS} latest" in refused.stderr
    for one in old:
        portrait(home, "models", "serve", one["prediction"], "latest")
    portrait(home, "run")
    assert contents(home) == before


@pytest.mark.parametrize("arguments", [["churn", "0" * 12], ["nothing", "latest"]])
def test_what_cannot_be_served_is_said(
    two_seasons: TwoSeasons,  # noqa: F811
    tmp_path: Path,
    arguments: list[str],
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(two_seasons.winter / "warehouse.duckdb", home / "warehouse.duckdb")
    finished = run_portrait(home, "models", "serve", *arguments)
    is_nothing = arguments[0] == "nothing"
    assert finished.returncode == (0 if is_nothing else 2)
    said = finished.stdout if is_nothing else finished.stderr
    assert ("Nothing is pinned" if is_nothing else "there is no such version") in said
