"""The simulated data of a run that names none: made once, and again when it changes."""

from orchestration.connections.sources import Location
from orchestration.project import Project
from orchestration.simulator.plan import Plan, is_made_by
from orchestration.warehouse.manifest import SourceSystem


def given_or_simulated(
    project: Project, system: SourceSystem, location: Location | None
) -> Location | None:
    """The location the user gave; where there is none and the source is simulated, its data."""
    if location is not None or not system.is_simulated:
        return location
    plan = Plan()
    if not is_made_by(project.simulated, plan):
        from orchestration.simulator.generate import simulate

        simulate(plan, project.simulated)
    return project.simulated
