"""Checks of the Python steps, as Dagster shows them."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from orchestration.defs.failures import failing_clearly
from orchestration.modelling.checks import ERRORS, Finding, raise_errors


def check_specs(asset: dg.AssetKey, checks: Mapping[str, str]) -> list[dg.AssetCheckSpec]:
    """Checks of an asset, by name with what each says; errors stop what comes behind."""
    return [
        dg.AssetCheckSpec(name, asset=asset, description=description, blocking=name in ERRORS)
        for name, description in checks.items()
    ]


def check_results(asset: dg.AssetKey, findings: Sequence[Finding]) -> Iterator[dg.AssetCheckResult]:
    """After the asset was materialized, so that each result points at what was checked.

    Raises:
        Failure: One of them is an error.
    """
    for one in findings:
        severity = dg.AssetCheckSeverity.ERROR if one.is_error else dg.AssetCheckSeverity.WARN
        yield dg.AssetCheckResult(
            asset_key=asset,
            check_name=one.name,
            passed=not one.problem,
            severity=severity,
            description=one.problem or None,
            metadata=one.figures,
        )
    with failing_clearly():
        raise_errors(findings)
