"""The step of a staging model that leaves out lines which are no purchase by their own status."""

from orchestration.onboarding.staging_draft import ModelDraft


def drop_lost_lines(model: ModelDraft) -> None:
    """Lines that their own status calls cancelled, or given back where no other row sold them."""
    if model.entity != "order_lines" or not model.found.has("line_status"):
        return
    model.notes.append(
        "Each line has a status of its own: one that was cancelled or came back is no purchase, "
        "unless the whole order was cancelled, or another row sold what it gives back."
    )
    model.add(
        "judged",
        f"""\
    select *
    from {model.last}
    qualify
        line_status = 'completed'
        or (
            line_status = 'cancelled'
            and count_if(line_status <> 'cancelled') over (
                partition by source_order_id, origin_file
            ) = 0
        )
        or (
            line_status = 'return'
            and count_if(line_status = 'completed') over (
                partition by source_order_id, source_product_id, origin_file
            ) > 0
        )""",
    )
