{#- The rows come from dbt's graph, not from tables; the tag models are named for the lineage. -#}
{%- for model_name in tag_models() %}
-- depends_on: {{ ref(model_name) }}
{%- endfor %}
{%- set tags = tag_columns() %}

with

shops as (

    select distinct shop from {{ ref('customer_sources') }}

),

customers as (

    select
        shop,
        count(*) as customer_count
    from {{ ref('current_tags') }}
    group by shop

),

held as (

    select
        shop,
        tag_key,
        count(*) as customer_count,
        count(distinct tag_value) as value_count
    from {{ ref('customer_tags') }}
    group by shop, tag_key

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

entries as (
    {% for tag in tags %}
    {%- set rule = {} %}
    {%- for part in ['labels', 'bands', 'parameters'] if part in tag.entry %}
    {%- do rule.update({part: tag.entry[part]}) %}
    {%- endfor %}
    select
        {{ loop.index }} as tag_order,
        {%- for field in ['key', 'name_en', 'name_zh', 'category', 'kind', 'value_type', 'owner',
                          'sensitivity', 'status'] %}
        {{ text_literal(tag.entry[field]) }} as {{ field }},
        {%- endfor %}
        {{ tag.entry.version }} as version,
        {{ text_literal(tag.description) }} as description,
        {{ json_literal(rule) if rule else 'cast(null as varchar)' }} as rule,
        {{ json_literal(tag.entry.evidence) }} as evidence,
        '{{ tag.model }}' as model_name,
        '{{ tag.column }}' as column_name
    {{ 'union all' if not loop.last }}
    {%- else %}
    select 'unknown before the graph is complete' as key
    {%- endfor %}

),

dated as (

    select
        shops.shop,
        cast(entries.key as varchar) as tag_key,
        as_of_dates.as_of_date,
        entries.name_en,
        entries.name_zh,
        entries.category,
        entries.kind,
        entries.value_type,
        entries.owner,
        entries.sensitivity,
        entries.status,
        entries.description,
        entries.rule,
        entries.evidence,
        entries.model_name,
        entries.column_name,
        cast(entries.version as integer) as version,
        cast(entries.tag_order as integer) as tag_order,
        coalesce(held.customer_count, 0) as customer_count,
        coalesce(held.customer_count, 0) / customers.customer_count as customer_share,
        coalesce(
            held.customer_count < customers.customer_count or held.value_count > 1, false
        ) as tells_apart
    from entries
    cross join shops
    left join customers on shops.shop = customers.shop
    left join held on shops.shop = held.shop and entries.key = held.tag_key
    -- Without a single order there is no as_of_date, but the tags are defined all the same.
    left join as_of_dates on shops.shop = as_of_dates.shop

)

select * from dated
