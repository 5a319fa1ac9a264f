{#
    The periods that changes of attributes begin: each lasts until the next change of the same
    customer's attribute. A change to NULL begins none; it ends the one before.

    changes: rows (shop, customer_id, as_of_date, attribute, attribute_value).
#}
{% macro periods_of(changes) -%}
select * from (
    select
        shop,
        customer_id,
        attribute,
        attribute_value,
        as_of_date as valid_from,
        lead(as_of_date) over (partition by customer_id, attribute order by as_of_date) as valid_to
    from {{ changes }}
) as periods
where attribute_value is not null
{%- endmacro %}
