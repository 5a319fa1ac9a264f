{%- set tags = tag_columns() %}

with

members as (

    select
        shop,
        customer_id,
        as_of_date,
        segment_id
    from {{ ref('customer_profiles') }}
    where segment_id is not null

),

{% for model_name in tag_models() %}
{%- set model_tags = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }}_counted as (

    {% set structs = [] %}
    {%- for tag in model_tags %}
    {%- set known_count = 'count(' ~ model_name ~ '.' ~ tag.column ~ ')' %}
    {%- do structs.append({'tag_key': "'" ~ tag.column ~ "'", 'known_count': known_count}) %}
    {%- endfor -%}
    select
        members.shop,
        members.segment_id,
        members.as_of_date,
        count(*) as customer_count,
        {{ explode_structs(structs) }} as tag
    from {{ ref(model_name) }} as {{ model_name }}
    inner join members
        on {{ model_name }}.customer_id = members.customer_id
        and {{ model_name }}.as_of_date = members.as_of_date
    group by members.shop, members.segment_id, members.as_of_date

),

{% endfor -%}

unioned as (
    {% for model_name in tag_models() %}
    select * from {{ model_name }}_counted
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        unioned.shop,
        unioned.segment_id,
        unioned.as_of_date,
        unioned.tag.tag_key,
        unioned.customer_count,
        unioned.tag.known_count
    from unioned

)

select * from counted
