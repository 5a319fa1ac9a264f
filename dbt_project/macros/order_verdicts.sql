{#
    What validation has said of each order: (source_system, source_order_id). An order may have been
    delivered several times: it is accepted if one of its rows is. order_reason_code says why it is not;
    newest_file is the one from which it was taken.

    Most orders are told once: their row is the verdict. To group them too takes several times the memory.

    orders: rows of int_orders_validated.
#}
{% macro order_verdicts(orders) -%}
{%- set key = ['source_system', 'source_order_id'] -%}
{%- set of_accepted = [
    'source_customer_id', 'status', 'order_date', 'ordered_at', 'exchange_rate', 'reporting_decimals',
] -%}
with

repeated_keys as (

    {{ repeated_keys(orders, key) | indent }}

),

told_once as (

    select
        source_system,
        source_order_id,
        reason_code as order_reason_code,
        delivered_currency,
        false as is_told_again,
        {%- for one in of_accepted %}
        case when reason_code is null then {{ one }} end as {{ one }},
        {%- endfor %}
        case when reason_code is null then origin_file end as newest_file
    from {{ orders }}
    where {{ hash_of(key) }} not in (select key_hash from repeated_keys)

),

told_again as (

    select
        source_system,
        source_order_id,
        case when count(reason_code) = count(*) then min(reason_code) end as order_reason_code,
        coalesce(
            min(delivered_currency) filter (where reason_code is null), min(delivered_currency)
        ) as delivered_currency,
        count(*) > 1 as is_told_again,
        {%- for one in of_accepted %}
        min({{ one }}) filter (where reason_code is null) as {{ one }},
        {%- endfor %}
        min(origin_file) filter (where reason_code is null) as newest_file
    from {{ orders }}
    where {{ hash_of(key) }} in (select key_hash from repeated_keys)
    group by source_system, source_order_id

)

select * from told_once
union all
select * from told_again
{%- endmacro %}
