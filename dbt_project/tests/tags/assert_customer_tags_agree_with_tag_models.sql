-- A row is a tag value that customer_tags, the tag's own model and its catalogue entry do not agree
-- on: not as many customers here as there, a tag without an entry in tag_catalog, or a value that
-- neither the bands nor the labels of the entry know.
{%- for model_name in tag_models() %}
-- depends_on: {{ ref(model_name) }}
{%- endfor %}
{%- set tags = tag_columns() %}

with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

in_tag_models as (
    {% for tag in tags %}
    select
        {{ tag.model }}.shop,
        '{{ tag.column }}' as tag_key,
        cast({{ tag.column }} as varchar) as tag_value,
        count(*) as customer_count
    from {{ ref(tag.model) }} as {{ tag.model }}
    inner join as_of_dates
        on
            {{ tag.model }}.shop = as_of_dates.shop
            and {{ tag.model }}.as_of_date = as_of_dates.as_of_date
    where {{ tag.column ~ (' is not null' if tag.data_type != 'boolean' else '') }}
    group by {{ tag.model }}.shop, {{ tag.column }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select 'unknown before the graph is complete' as tag_key
    {%- endfor %}

),

known_values as (

    {%- set labels = [] %}
    {%- for tag in tags %}
    {%- for band in (tag.entry.bands or []) + (tag.entry.labels or []) %}
    {%- do labels.append((tag.column, band.label)) %}
    {%- endfor %}
    {%- endfor %}
    {%- for tag_key, label in labels %}
    select
        '{{ tag_key }}' as tag_key,
        '{{ label }}' as tag_value
    {{ 'union all' if not loop.last }}
    {%- else %}
    select 'unknown before the graph is complete' as tag_key
    {%- endfor %}

),

in_customer_tags as (

    select
        shop,
        tag_key,
        tag_value,
        count(*) as customer_count
    from {{ ref('customer_tags') }}
    group by shop, tag_key, tag_value

),

compared as (

    select
        coalesce(in_tag_models.shop, in_customer_tags.shop) as shop,
        coalesce(in_tag_models.tag_key, in_customer_tags.tag_key) as tag_key,
        coalesce(in_tag_models.tag_value, in_customer_tags.tag_value) as tag_value,
        in_tag_models.customer_count as customers_in_tag_model,
        in_customer_tags.customer_count as customers_in_customer_tags
    from in_tag_models
    full outer join in_customer_tags
        on in_tag_models.shop = in_customer_tags.shop
        and in_tag_models.tag_key = in_customer_tags.tag_key
        and in_tag_models.tag_value = in_customer_tags.tag_value

),

disagreeing as (

    select
        compared.*,
        tag_catalog.tag_key as catalogued_key
    from compared
    left join {{ ref('tag_catalog') }} as tag_catalog
        on compared.shop = tag_catalog.shop and compared.tag_key = tag_catalog.tag_key
    where tag_catalog.tag_key is null
        or compared.customers_in_tag_model is distinct from compared.customers_in_customer_tags
        or (
            compared.tag_key in (select known_values.tag_key from known_values)
            and not exists (
                select 1 from known_values
                where known_values.tag_key = compared.tag_key
                    and known_values.tag_value = compared.tag_value
            )
        )

)

select * from disagreeing
