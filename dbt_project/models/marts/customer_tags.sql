{#- Only the current rows are turned from wide to long. Since when each holds, the history
    knows. -#}
{%- set tags = tag_columns() %}

with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

history as (

    select * from {{ ref('customer_profile_history') }}
    where is_current

),

{% for model_name in tag_models() %}
{%- set model_tags = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }} as (

    select {{ model_name }}.*
    from {{ ref(model_name) }} as {{ model_name }}
    inner join as_of_dates
        on
            {{ model_name }}.shop = as_of_dates.shop
            and {{ model_name }}.as_of_date = as_of_dates.as_of_date

),

{{ model_name }}_long as (

    {% set structs = [] %}
    {%- for tag in model_tags %}
    {%- set holds = tag.column if tag.data_type == 'boolean' else tag.column ~ ' is not null' %}
    {%- do structs.append({
        'tag_key': "'" ~ tag.column ~ "'",
        'tag_value': tag_value(model_name, tag),
        'evidence': 'case when ' ~ holds ~ ' then ' ~ json_of_columns(tag.evidence_types) ~ ' end',
    }) %}
    {%- endfor -%}
    select
        shop,
        customer_id,
        as_of_date,
        {{ explode_structs(structs) }} as tag
    from {{ model_name }}

),

{% endfor -%}

unioned as (
    {% for model_name in tag_models() %}
    select * from {{ model_name }}_long
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

held as (

    select
        unioned.shop,
        unioned.customer_id,
        unioned.as_of_date,
        unioned.tag.tag_key,
        unioned.tag.tag_value,
        unioned.tag.evidence
    from unioned
    where unioned.tag.tag_value is not null

),

dated as (

    select
        held.shop,
        held.customer_id,
        held.as_of_date,
        held.tag_key,
        held.tag_value,
        held.evidence,
        history.valid_from as since_date,
        history.is_valid_from_known as is_since_known
    from held
    left join history
        on
            held.customer_id = history.customer_id
            and held.tag_key = history.attribute

)

select * from dated
