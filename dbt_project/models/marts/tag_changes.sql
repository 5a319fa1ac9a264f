-- Each evaluated day is compared with the one before, for every customer who was known by then.
{%- set tags = tag_columns() %}

with

as_of_dates as (

    select
        shop,
        as_of_date,
        lag(as_of_date) over (partition by shop order by as_of_date) as previous_date
    from {{ ref('as_of_dates') }}

),

days as (

    select * from as_of_dates
    {{ where_touched('as_of_dates') }}

),

compared_days as (

    select
        shop,
        as_of_date
    from days
    union
    select
        shop,
        previous_date as as_of_date
    from days

),

customers as (

    select
        feature_customers.shop,
        feature_customers.customer_id,
        days.as_of_date,
        days.previous_date
    from {{ ref('feature_customers') }} as feature_customers
    inner join days
        on
            feature_customers.shop = days.shop
            and feature_customers.as_of_date = days.as_of_date
    union all
    -- Who joined another is no customer any more, and has no tag.
    select
        absent.shop,
        absent.customer_id,
        absent.as_of_date,
        compared.previous_date
    from (
        {{ absent_customers('days') | indent(8) }}
    ) as absent
    inner join days as compared
        on absent.shop = compared.shop and absent.as_of_date = compared.as_of_date

),

{% for model_name in tag_models_before_ml() %}
{%- set own = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }} as (

    select {{ model_name }}.*
    from {{ ref(model_name) }} as {{ model_name }}
    inner join compared_days
        on
            {{ model_name }}.shop = compared_days.shop
            and {{ model_name }}.as_of_date = compared_days.as_of_date

),

{{ model_name }}_steps as (

    -- Who has no row on a day has no value on it.
    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date{% for tag in own %},
        {{ tag_value('today', tag) }} as {{ tag.column }},
        {{ tag_value('before', tag) }} as {{ tag.column }}_before{% endfor %}
    from customers
    left join {{ model_name }} as today
        on
            customers.customer_id = today.customer_id
            and customers.as_of_date = today.as_of_date
    left join {{ model_name }} as before
        on
            customers.customer_id = before.customer_id
            and customers.previous_date = before.as_of_date

),

{% endfor -%}

changes as (
    {{ unpivoted_changes(
        tags | selectattr('model', 'in', tag_models_before_ml()) | list
    ) | indent }}

)

select * from changes
