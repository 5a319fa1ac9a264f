{#- One pass over each tag model finds, for all of its tags at once, the last evaluated day with
    another value; only the current rows are then turned from wide to long. -#}
{%- set tags = tag_columns() %}

with

as_of_dates as (

    select
        as_of_date,
        is_current,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from {{ ref('as_of_dates') }}

),

{% for model_name in tag_models() %}
{%- set model_tags = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }} as (

    select * from {{ ref(model_name) }}

),

{{ model_name }}_now as (

    select {{ model_name }}.*
    from {{ model_name }}
    inner join as_of_dates on {{ model_name }}.as_of_date = as_of_dates.as_of_date
    where as_of_dates.is_current

),

{{ model_name }}_changes as (

    select
        now.customer_id,
        {%- for tag in model_tags %}
        max(
            case
                when past.{{ tag.column }} is distinct from now.{{ tag.column }}
                    then past.as_of_date
            end
        ) as {{ tag.column }}_ended,
        {%- endfor %}
        min(past.as_of_date) as first_as_of_date
    from {{ model_name }}_now as now
    inner join {{ model_name }} as past on now.customer_id = past.customer_id
    group by now.customer_id

),

{{ model_name }}_wide as (

    select
        {{ model_name }}_now.*,
        {{ model_name }}_changes.first_as_of_date{% for tag in model_tags %},
        {{ model_name }}_changes.{{ tag.column }}_ended{% endfor %}
    from {{ model_name }}_now
    inner join {{ model_name }}_changes
        on {{ model_name }}_now.customer_id = {{ model_name }}_changes.customer_id

),

{{ model_name }}_long as (

    {% set structs = [] %}
    {%- for tag in model_tags %}
    {%- set holds = tag.column if tag.data_type == 'boolean' else tag.column ~ ' is not null' %}
    {%- do structs.append({
        'tag_key': "'" ~ tag.column ~ "'",
        'tag_value': 'case when ' ~ holds ~ ' then cast(' ~ tag.column ~ ' as varchar) end',
        'other_value_until': tag.column ~ '_ended',
        'evidence': 'case when ' ~ holds ~ ' then ' ~ json_of_columns(tag.evidence_types) ~ ' end',
    }) %}
    {%- endfor -%}
    select
        customer_id,
        as_of_date,
        first_as_of_date,
        {{ explode_structs(structs) }} as tag
    from {{ model_name }}_wide

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
        unioned.customer_id,
        unioned.as_of_date,
        unioned.first_as_of_date,
        unioned.tag.tag_key,
        unioned.tag.tag_value,
        unioned.tag.other_value_until,
        unioned.tag.evidence
    from unioned
    where unioned.tag.tag_value is not null

),

dated as (

    select
        held.customer_id,
        held.as_of_date,
        held.tag_key,
        held.tag_value,
        held.evidence,
        coalesce(as_of_dates.next_as_of_date, held.first_as_of_date) as since_date
    from held
    left join as_of_dates on held.other_value_until = as_of_dates.as_of_date

)

select * from dated
