"""The quarantine in tables and sentences: for a terminal, and plain when piped."""

from rich.console import Console

from orchestration.console import as_typed, make_table
from orchestration.money import money
from orchestration.quarantine.catalogue import FLAG, Reason
from orchestration.quarantine.counts import Count
from orchestration.quarantine.differences import Difference
from orchestration.quarantine.explain import BadRow, Explanation
from orchestration.quarantine.export import Exported
from orchestration.quarantine.follow import Followed
from orchestration.quoting import plain_line, shell_word, shortened
from orchestration.warehouse.refused_accounts import PATTERNS_FILE


def print_counts(
    console: Console, quarantined: list[Count], flagged: list[Count], reasons: dict[str, Reason]
) -> None:
    """Prints what lies in quarantine with the names of the reasons, then what to do about each."""
    if quarantined:
        _print_count_table(console, "Rows in quarantine", quarantined, reasons)
    else:
        console.print("No such row is in quarantine.")
    if flagged:
        _print_count_table(console, "\nFlagged rows, which count all the same", flagged, reasons)
    told = {count.reason for count in (*quarantined, *flagged)}
    if told:
        console.print("\nWhat to do")
    for code in sorted(told & reasons.keys()):
        console.print(f"  {code}: {reasons[code].advice}.", soft_wrap=True)


def _print_count_table(
    console: Console, title: str, told: list[Count], reasons: dict[str, Reason]
) -> None:
    table = make_table("Source", "Entity", "Reason", "Name", "Rows", "Money", numbers_from=4)
    for count in told:
        name = reasons[count.reason].name if count.reason in reasons else ""
        table.add_row(*count.key, name, f"{count.rows:,}", _money(count))
    console.print(title)
    console.print(table)


def print_explanation(console: Console, told: Explanation) -> None:
    """Prints a reason: words, advice, SQL, counts, examples."""
    reason = told.reason
    kind = "flagged, not rejected" if reason.severity == FLAG else f"severity {reason.severity}"
    lines = [
        f"{reason.code}: {reason.name} ({reason.name_zh}), {kind}",
        f"  what is wrong: {reason.description}.",
        f"  what to do:    {reason.advice}.",
    ]
    for place in told.rules:
        lines += [
            f"  rule {place.position} of {place.model}: {place.rule.condition}",
        ]
    lines += [f"  known by:      {one} ({PATTERNS_FILE})" for one in told.patterns]
    where = [f"{count.rows:,} {count.entity} of {count.source}" for count in told.counts]
    lines += [f"  rows now:      {'; '.join(where) or 'none'}"]
    console.print("\n".join(lines), soft_wrap=True)
    print_rows(console, told.examples, "\nExamples")


def print_rows(console: Console, rows: list[BadRow], title: str = "") -> None:
    """Prints rows, each with where it came from."""
    if rows and title:
        console.print(title)
    for row in rows:
        values = ", ".join(f"{name}={shortened(value)}" for name, value in row.values.items())
        line = (
            f"  {row.origin_file}:{row.origin_row}  {row.entity} {shortened(row.key)} of "
            f"{row.source}, {row.reason}" + (f": {values}" if values else "")
        )
        console.print(plain_line(line), soft_wrap=True)


def print_followed(console: Console, followed: Followed) -> None:
    """Prints what came from a row of a file, what was accepted first."""
    for row in followed.accepted:
        customer = f", customer {shortened(row.customer_id)}" if row.customer_id else ""
        line = (
            f"  {row.origin_file}:{row.origin_row}  {row.entity} {shortened(row.key)} of "
            f"{row.source}, accepted{customer}"
        )
        console.print(plain_line(line), soft_wrap=True)
    print_rows(console, followed.rejected)


def print_export(console: Console, exported: Exported, path: str) -> None:
    """Says what was written and what to do with it."""
    console.print(f"{exported.rows:,} raw rows written to {path}.", soft_wrap=True)
    if exported.without_raw_row:
        console.print(
            f"{exported.without_raw_row:,} rows in quarantine have no raw row of their own: "
            "their staging models put several files together.",
            soft_wrap=True,
        )
    console.print(
        as_typed("Correct them, columns opened as text, then: portrait quarantine replay ")
        + shell_word(path),
        soft_wrap=True,
    )


def print_differences(console: Console, told: list[Difference]) -> None:
    """Says how many rows left quarantine, by reason, and what is still there."""
    left, came = sum(one.left for one in told), sum(one.came for one in told)
    still = sum(one.after for one in told)
    more = f", {came:,} came in" if came else ""
    console.print(f"\n{left:,} rows left quarantine{more}; {still:,} are there now.")
    if not told:
        return
    table = make_table(
        "Source", "Entity", "Reason", "Before", "Left", "Came", "Now", numbers_from=3
    )
    for one in told:
        numbers = (one.before, one.left, one.came, one.after)
        table.add_row(*one.key, *(f"{number:,}" for number in numbers))
    console.print(table)


def _money(count: Count) -> str:
    if count.amount is None:
        return ""
    return f"{money(count.amount, count.currency)} {count.currency or ''}".rstrip()
