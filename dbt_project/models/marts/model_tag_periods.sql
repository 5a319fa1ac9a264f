-- What tag_changes and tag_periods say of the other tags, in one: Python writes all days of these
-- anew, so there is no change to follow.
{%- set tags = tag_columns() %}

with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

customers as (

    select
        shop,
        customer_id,
        as_of_date
    from {{ ref('feature_customers') }}
    union all
    -- Who joined another is no customer any more, and has no tag.
    {{ absent_customers('as_of_dates') | indent }}

),

{% for model_name in tag_models() if model_name not in tag_models_before_ml() %}
{%- set own = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }} as (

    select * from {{ ref(model_name) }}

),

{{ model_name }}_values as (

    -- Who has no row on a day has no value on it.
    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date{% for tag in own %},
        {{ tag_value(model_name, tag) }} as {{ tag.column }}{% endfor %}
    from customers
    left join {{ model_name }}
        on
            customers.customer_id = {{ model_name }}.customer_id
            and customers.as_of_date = {{ model_name }}.as_of_date

),

{{ model_name }}_steps as (

    select
        shop,
        customer_id,
        as_of_date{% for tag in own %},
        {{ tag.column }},
        lag({{ tag.column }}) over (
            partition by customer_id
            order by as_of_date
        ) as {{ tag.column }}_before{% endfor %}
    from {{ model_name }}_values

),

{% endfor -%}

changes as (
    {{ unpivoted_changes(
        tags | rejectattr('model', 'in', tag_models_before_ml()) | list
    ) | indent }}

),

periods as (

    {{ periods_of('changes') | indent }}

)

select * from periods
