"""What `portrait source check` has to say, entity by entity, and what to do next."""

from rich.console import Console

from orchestration.console import as_typed
from orchestration.onboarding.check import EntityCheck, Refusal, SourceCheck
from orchestration.onboarding.vocabulary import lacking
from orchestration.quoting import plain_line, shortened
from orchestration.warehouse.questions import question_lines


def print_check(console: Console, check: SourceCheck) -> None:
    """Prints the verdict on a source."""

    def say(text: str) -> None:
        console.print(text, soft_wrap=True)

    landed = ", ".join(f"{table} {rows:,}" for table, rows in check.raw_rows.items())
    say(f"{check.name}: rows landed: {landed}")
    for entity in check.entities:
        for line in _entity_lines(entity):
            say(line)
    for sentence in check.broken:
        say(f"\nagainst the contract: {sentence}")
    if check.restated:
        say(f"\n{_restated(check)}")
    if check.unread:
        say("\n" + plain_line(f"not read, because no table names them: {', '.join(check.unread)}"))
    if check.questions:
        say("\nOpen; until it is answered it waits, or is read as it says here:")
    for question in check.questions:
        for line in question_lines(check.name, question):
            say(as_typed(plain_line(line)))
    say("")
    for line in _next(check):
        say(line)


def _restated(check: SourceCheck) -> str:
    """Which of several exports counts."""
    orders = next(entity for entity in check.entities if entity.entity == "orders")
    by_change = "the time of its last change (updated_at), else " * ("updated_at" in orders.mapped)
    many = "1 order stands" if check.restated == 1 else f"{check.restated:,} orders stand"
    return (
        f"{many} in several exports, and the newest counts: by {by_change}the date in the file's "
        "name, else the order of arrival"
    )


def _entity_lines(entity: EntityCheck) -> list[str]:
    refused = entity.rows - entity.accepted
    lines = [
        f"\n{entity.entity}: {entity.rows:,} rows read, {entity.accepted:,} accepted, "
        f"{refused:,} in quarantine"
    ]
    mapped = [
        name if share == 1 else f"{name} ({share:.0%})" for name, share in entity.mapped.items()
    ]
    lines.append(f"  mapped: {', '.join(mapped) or 'nothing'}")
    if entity.empty:
        lines.append(f"  without any value: {', '.join(_marked(entity, entity.empty))}")
    if entity.missing:
        lines.append(f"  missing: {', '.join(_marked(entity, entity.missing))}")
    for refusal in entity.refusals:
        lines += _refusal_lines(refusal)
    return lines


def _marked(entity: EntityCheck, columns: tuple[str, ...]) -> list[str]:
    return [f"{name} (REQUIRED)" if name in entity.lacking else name for name in columns]


def _refusal_lines(refusal: Refusal) -> list[str]:
    lines = [
        f"  {refusal.count:,} × {refusal.reason}: {refusal.meaning}. {refusal.advice}.",
    ]
    for example in refusal.examples:
        told = f": {shortened(example.unparsed)}" if example.unparsed else ""
        line = f"      {example.file} row {example.row}, key {shortened(example.key)}{told}"
        lines.append(plain_line(line))
    return lines


def _next(check: SourceCheck) -> list[str]:
    if check.broken:
        return ["Next: correct the types or columns above in the staging models, and check again."]
    if check.makes_portraits:
        return [
            f"Portraits can be made: {check.orders:,} orders are complete.",
            f"Next: {as_typed('portrait run')} --source {check.name}",
        ]
    by_name = {entity.entity: entity for entity in check.entities}
    if "orders" not in by_name:
        kept = ", ".join(by_name) or "nothing"
        return [
            f"No portraits from this source alone: {lacking()['orders']}.",
            f"What can be kept beside another source with orders: {kept}.",
        ]
    advice = [
        f"map {name} of {entity.entity}" for entity in check.entities for name in entity.lacking
    ]
    return [
        "No portraits: no order was accepted with a line.",
        f"Next: {'; '.join(advice) or 'see the reasons above'}, and check again.",
    ]
