"""An older version of a model is served by one command, and taken back by another."""

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
    old = next(one for one in told if not one["is_latest"])
    name = old["prediction"]
    portrait(home, "models", "serve", name, old["model_version"][:6], "--note", "as in summer")
    pins = home.with_name("home-own") / "pinned_models.yml"
    assert "as in summer" in pins.read_text()
    assert "new since the last run: pinned models." in portrait(home, "run")
    ((version, since),) = snapshot(
        home,
        "select model_version, served_since from model_versions "
        f"where is_served and prediction = '{name}'",
    )
    assert version == old["model_version"]
    ((note,),) = snapshot(
        home, f"select note from model_metrics where metric = 'status' and prediction = '{name}'"
    )
    assert str(note).startswith(f"pinned by the user (version {version}")
    card = portrait(home, "models", "show", name)
    assert f"Served since the portraits of {since}, as the user has pinned it." in card
    (model,) = pins.parent.glob("models/*")
    whole = model.read_bytes()
    model.write_bytes(whole[:-1])
    refused = run_portrait(home, "run")
    assert refused.returncode == 2
    assert "is not the model that was pinned" in refused.stderr
    assert f"models serve {name} latest" in refused.stderr
    portrait(home, "models", "serve", name, "latest")
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
