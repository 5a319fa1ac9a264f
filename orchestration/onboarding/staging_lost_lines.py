"""The steps of a staging model that say which lines are no purchase by their own status."""

import textwrap

from orchestration.onboarding.line_states import LINE_STATUS
from orchestration.onboarding.staging_draft import STEP_INDENT, ModelDraft

_SIGNED = ("quantity", "net_amount")
_IS_SOLD = "line_status not in ('cancelled', 'return')"


def mark_lost_lines(model: ModelDraft) -> None:
    """Lines that their own status calls cancelled, or given back where no other row sold them.

    What is sold and given back on one row keeps the sign that the file has.
    """
    if model.entity != "order_lines" or not model.found.has(LINE_STATUS):
        return
    model.notes.append(
        "Each line has a status of its own: one that was cancelled or came back is no purchase, "
        "unless the whole order was cancelled, or another row sold what it gives back."
    )
    model.add(
        "counted",
        f"""\
    select
        *,
        count_if(line_status <> 'cancelled') over (
            partition by source_order_id, origin_file
        ) as kept_lines,
        count_if({_IS_SOLD}) over (
            partition by source_order_id, source_product_id, origin_file
        ) as sold_lines
    from {model.last}""",
    )
    signed = [name for name in _SIGNED if model.found.has(name)]
    items = [
        *map(_unsigned, signed),
        "case\n"
        "    when line_status = 'cancelled' and kept_lines > 0 then 'cancelled'\n"
        "    when line_status = 'return' and sold_lines = 0 then 'return'\n"
        f"    when {_IS_SOLD} then line_status\n"
        "end as line_status",
    ]
    listed = textwrap.indent(",\n".join(items), STEP_INDENT)
    left = model.everything_but([LINE_STATUS, "kept_lines", "sold_lines", *signed])
    model.add("judged", f"    select\n        {left},\n{listed}\n    from {model.last}")


def _unsigned(name: str) -> str:
    is_lost = "line_status = 'return' and sold_lines = 0"
    return f"case\n    when {is_lost} then abs({name})\n    else {name}\nend as {name}"
