"""What Dagster remembers of a run that the command line has started."""

import dagster as dg
import pytest

from orchestration.definitions import JOB
from orchestration.entering import entered
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.runs import job

# Dagster warns about its own insides.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(
    ("raised", "told", "status"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt, "canceled"),
        (ValueError("a bug"), PortraitError, "failure"),
    ],
)
def test_a_stopped_run_is_no_failure(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    told: type[BaseException],
    status: str,
) -> None:
    @dg.asset
    def anything() -> None:
        """Ends otherwise than it should."""
        raise raised

    definitions = dg.Definitions(
        assets=[anything],
        jobs=[dg.define_asset_job(JOB)],
        executor=dg.in_process_executor,
    )
    monkeypatch.setattr(job, "portrait", lambda: definitions)
    with entered(project):
        with pytest.raises(told):
            job._run(project, JOB, {})
        (record,) = job.last_runs(5)
    assert (record.job, record.status) == (JOB, status)
    assert record.began_at and record.ended_at
