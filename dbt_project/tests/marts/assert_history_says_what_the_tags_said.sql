-- A row is a tag value and a day that customer_profile_history and the tag's own model count
-- differently.
{%- for model_name in tag_models() %}
-- depends_on: {{ ref(model_name) }}
{%- endfor %}
{%- set tags = tag_columns() %}

with

in_tag_models as (
    {% for tag in tags %}
    select
        shop,
        '{{ tag.column }}' as attribute,
        {{ tag_value(tag.model, tag) }} as attribute_value,
        as_of_date,
        count(*) as customer_count
    from {{ ref(tag.model) }} as {{ tag.model }}
    where {{ tag_value(tag.model, tag) }} is not null
    group by shop, {{ tag.column }}, as_of_date
    {{ 'union all' if not loop.last }}
    {%- else %}
    select 'unknown before the graph is complete' as attribute
    {%- endfor %}

),

periods as (

    -- Many customers have the same period of a value: so few of them meet the days.
    select
        shop,
        attribute,
        attribute_value,
        valid_from,
        valid_to,
        count(*) as customer_count
    from {{ ref('customer_profile_history') }}
    group by shop, attribute, attribute_value, valid_from, valid_to

),

in_history as (

    select
        periods.shop,
        periods.attribute,
        periods.attribute_value,
        as_of_dates.as_of_date,
        sum(periods.customer_count) as customer_count
    from periods
    inner join {{ ref('as_of_dates') }} as as_of_dates
        on
            periods.shop = as_of_dates.shop
            and periods.valid_from <= as_of_dates.as_of_date
            and (periods.valid_to is null or periods.valid_to > as_of_dates.as_of_date)
    group by
        periods.shop, periods.attribute, periods.attribute_value, as_of_dates.as_of_date

),

disagreeing as (

    select
        coalesce(in_tag_models.shop, in_history.shop) as shop,
        coalesce(in_tag_models.attribute, in_history.attribute) as attribute,
        coalesce(in_tag_models.attribute_value, in_history.attribute_value) as attribute_value,
        coalesce(in_tag_models.as_of_date, in_history.as_of_date) as as_of_date,
        in_tag_models.customer_count as customers_in_tag_model,
        in_history.customer_count as customers_in_history
    from in_tag_models
    full outer join in_history
        on
            in_tag_models.shop = in_history.shop
            and in_tag_models.attribute = in_history.attribute
            and in_tag_models.attribute_value = in_history.attribute_value
            and in_tag_models.as_of_date = in_history.as_of_date
    where in_tag_models.customer_count is distinct from in_history.customer_count

)

select * from disagreeing
