-- Each attribute is looked at on every evaluated day; a period begins where its value differs from
-- the day before. Nothing is remembered from run to run: a corrected past corrects its history.
{%- set tags = tag_columns() %}

with

customers as (

    select
        customer_id,
        as_of_date
    from {{ ref('feature_customers') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

tag_changes as (

    select * from {{ ref('tag_changes') }}

),

{% for model_name in tag_models() if model_name not in tag_models_before_ml() %}
{%- set own = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }} as (

    select * from {{ ref(model_name) }}

),

{{ model_name }}_values as (

    -- Who has no row on a day has no value on it.
    select
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

    select
        customer_id,
        attribute,
        attribute_value,
        as_of_date as valid_from
    from tag_changes
    {% for tag in tags if tag.model not in tag_models_before_ml() %}
    union all
    select
        customer_id,
        '{{ tag.column }}' as attribute,
        {{ tag.column }} as attribute_value,
        as_of_date as valid_from
    from {{ tag.model }}_steps
    where {{ tag.column }} is distinct from {{ tag.column }}_before
    {%- endfor %}

),

periods as (

    select
        *,
        lead(valid_from) over (partition by customer_id, attribute order by valid_from) as valid_to
    from changes

),

held as (

    select
        periods.customer_id,
        as_of_dates.as_of_date,
        periods.attribute,
        periods.attribute_value,
        periods.valid_from,
        periods.valid_to,
        periods.valid_to is null as is_current
    from periods
    cross join as_of_dates
    where periods.attribute_value is not null

)

select * from held
