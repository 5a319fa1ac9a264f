"""The simulated data of a run that names none: made once, and again when it changes."""

from pathlib import Path

from orchestration.manifest import SourceSystem
from orchestration.project import Project
from orchestration.simulator.plan import Plan, is_made_by


def given_or_simulated(project: Project, system: SourceSystem, path: Path | None) -> Path | None:
    """The path the user gave; where there is none and the source is a simulated one, its data."""
    if path is not None or not system.is_simulated:
        return path
    plan = Plan()
    if not is_made_by(project.simulated, plan):
        from orchestration.simulator.generate import simulate

        simulate(plan, project.simulated)
    return project.simulated
