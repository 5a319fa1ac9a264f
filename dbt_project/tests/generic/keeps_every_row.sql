{# Fails when this relation has not exactly the rows, and the money, of the one it is made from.

   of: the relation read; amount and of_amount: the columns that hold the same money, if there is any. #}
{% test keeps_every_row(model, of, amount=none, of_amount=none) %}

with

kept as (

    select
        count(*) as row_count,
        {{ 'coalesce(round(sum(' ~ amount ~ '), 2), 0)' if amount else '0' }} as amount
    from {{ model }}

),

read_rows as (

    select
        count(*) as row_count,
        {{ 'coalesce(round(sum(' ~ of_amount ~ '), 2), 0)' if of_amount else '0' }} as amount
    from {{ of }}

)

select
    kept.row_count,
    read_rows.row_count as row_count_read,
    kept.amount,
    read_rows.amount as amount_read
from kept
cross join read_rows
where kept.row_count <> read_rows.row_count or abs(kept.amount - read_rows.amount) > 0.005

{% endtest %}
