{#
    Orders that a newer file has anew, with that file's rank: (source_system, source_order_id, restated_from).
    A file that repeats a product of the order restates all of it. One that only adds lines to it, as the
    second half of an export that was cut in two, or a line that gives something back, does not; nor does
    what was pulled from a database, where each row has a place of its own: an export that says lines anew
    says their order anew.

    order_lines: the lines.
    verdicts: of the orders (order_verdicts). Files are compared of those alone that are told several times:
        there are few.
#}
{% macro restated_orders(order_lines, verdicts) -%}
with

told_again as (

    select
        source_system,
        source_order_id,
        newest_file
    from {{ verdicts }}
    where is_told_again

),

in_several_files as (

    select
        lines.source_system,
        lines.source_order_id
    from {{ order_lines }} as lines
    inner join told_again
        on
            lines.source_system = told_again.source_system
            and lines.source_order_id = told_again.source_order_id
    group by lines.source_system, lines.source_order_id
    having min(lines.origin_file) <> max(lines.origin_file)

),

ranked as (

    select
        lines.source_system,
        lines.source_order_id,
        lines.source_product_id,
        lines.quantity > 0 as is_bought,
        {{ line_rank('lines.origin_file', 'told_again.newest_file') }} as export_rank
    from {{ order_lines }} as lines
    inner join in_several_files
        on
            lines.source_system = in_several_files.source_system
            and lines.source_order_id = in_several_files.source_order_id
    inner join told_again
        on
            lines.source_system = told_again.source_system
            and lines.source_order_id = told_again.source_order_id

),

repeated as (

    select
        source_system,
        source_order_id,
        max(export_rank) as export_rank
    from ranked
    group by source_system, source_order_id, source_product_id, is_bought
    having min(export_rank) < max(export_rank)

)

select
    source_system,
    source_order_id,
    max(export_rank) as restated_from
from repeated
group by source_system, source_order_id
{%- endmacro %}

{# The rank of a file of lines: the file from which the order itself was taken is the newest. #}
{% macro line_rank(file, newest_file) -%}
concat(case when {{ file }} = {{ newest_file }} then '1 ' else '0 ' end, {{ export_rank(file, 'null') }})
{%- endmacro %}
