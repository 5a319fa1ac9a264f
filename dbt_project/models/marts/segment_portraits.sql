{#- A tag is over-represented from this index on, and when this share of the segment has it. -#}
{%- set least_index = 120 %}
{%- set least_share = 0.1 %}
{%- set listed_count = 5 %}
{%- set tags = tag_columns() %}

with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

customer_preferences as (

    select * from {{ ref('customer_preferences') }}
    where dimension = 'category'

),

customer_tags as (

    select * from {{ ref('customer_tags') }}

),

tag_catalog as (

    select * from {{ ref('tag_catalog') }}
    where kind <> 'model'

),

measured as (

    select
        segment_id,
        as_of_date,
        segment_model_name,
        segment_model_version,
        segment_name,
        segment_name_zh,
        count(*) as customer_count,
        sum(total_spend) as total_spend,
        median(total_spend) as median_total_spend,
        median(order_count) as median_order_count,
        median(average_order_value) as median_average_order_value,
        median(days_since_last_order) as median_days_since_last_order,
        median(mean_days_between_orders) as median_days_between_orders,
        median(discount_share) as median_discount_share,
        -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
        avg(cast(repurchase_probability as decimal(18, 9))) as mean_repurchase_probability
    from members
    group by
        segment_id, as_of_date, segment_model_name, segment_model_version, segment_name,
        segment_name_zh

),

shared as (

    select
        *,
        customer_count / sum(customer_count) over () as customer_share,
        total_spend / nullif(sum(total_spend) over (), 0) as spend_share
    from measured

),

category_spend as (

    select
        members.segment_id,
        customer_preferences.dimension_value,
        row_number() over (
            partition by members.segment_id
            order by
                sum(customer_preferences.decayed_spend) desc,
                customer_preferences.dimension_value
        ) as spend_rank
    from customer_preferences
    inner join members on customer_preferences.customer_id = members.customer_id
    group by members.segment_id, customer_preferences.dimension_value

),

top_categories as (

    select
        segment_id,
        {{ joined_text('dimension_value', '; ', 'spend_rank') }} as top_categories
    from category_spend
    where spend_rank <= {{ listed_count }}
    group by segment_id

),

tag_counts as (

    select
        members.segment_id,
        customer_tags.tag_key,
        customer_tags.tag_value,
        count(*) as customer_count
    from customer_tags
    inner join members on customer_tags.customer_id = members.customer_id
    group by members.segment_id, customer_tags.tag_key, customer_tags.tag_value

),

{% for model_name in tag_models() %}
{%- set model_tags = tags | selectattr('model', 'equalto', model_name) | list %}
{{ model_name }}_known as (

    select
        members.segment_id,
        {%- for tag in model_tags %}
        count({{ model_name }}.{{ tag.column }}) as {{ tag.column }},
        {%- endfor %}
        count(*) as customer_count
    from {{ ref(model_name) }} as {{ model_name }}
    inner join members
        on {{ model_name }}.customer_id = members.customer_id
        and {{ model_name }}.as_of_date = members.as_of_date
    group by members.segment_id

),

{% endfor -%}

known_counts as (

    -- Members of whom the tag says anything at all: who tells no country is not counted as abroad.
    {%- for model_name in tag_models() %}
    {%- set structs = [] %}
    {%- for tag in tags | selectattr('model', 'equalto', model_name) %}
    {%- do structs.append({'tag_key': "'" ~ tag.column ~ "'", 'known_count': tag.column}) %}
    {%- endfor %}
    select
        segment_id,
        {{ explode_structs(structs) }} as tag
    from {{ model_name }}_known
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

known_overall as (

    select
        known_counts.tag.tag_key,
        sum(known_counts.tag.known_count) as known_count
    from known_counts
    group by known_counts.tag.tag_key

),

overall as (

    select
        tag_counts.tag_key,
        tag_counts.tag_value,
        sum(tag_counts.customer_count) / known_overall.known_count as customer_share
    from tag_counts
    inner join known_overall on tag_counts.tag_key = known_overall.tag_key
    group by tag_counts.tag_key, tag_counts.tag_value, known_overall.known_count

),

expected as (

    -- As many members would have the value if the segment were like everybody.
    select
        tag_counts.segment_id,
        tag_counts.tag_key,
        tag_counts.tag_value,
        tag_counts.customer_count,
        tag_counts.customer_count / shared.customer_count as customer_share,
        overall.customer_share * known_counts.tag.known_count as expected_count
    from tag_counts
    inner join shared on tag_counts.segment_id = shared.segment_id
    inner join overall
        on tag_counts.tag_key = overall.tag_key
        and tag_counts.tag_value = overall.tag_value
    inner join known_counts
        on tag_counts.segment_id = known_counts.segment_id
        and tag_counts.tag_key = known_counts.tag.tag_key

),

indexed as (

    select
        *,
        cast(round(100 * customer_count / expected_count) as integer) as tag_index
    from expected

),

over_represented as (

    -- The largest surplus of members leads, not the largest index: an index is largest for what
    -- hardly anybody has.
    select
        indexed.segment_id,
        concat(
            tag_catalog.name_en,
            case when tag_catalog.value_type = 'text' then ' ' || indexed.tag_value else '' end,
            ' (', indexed.tag_index, ')'
        ) as indexed_tag,
        row_number() over (
            partition by indexed.segment_id
            order by
                indexed.customer_count - indexed.expected_count desc,
                tag_catalog.tag_order,
                indexed.tag_value
        ) as surplus_rank
    from indexed
    inner join tag_catalog on indexed.tag_key = tag_catalog.tag_key
    where indexed.customer_share >= {{ least_share }} and indexed.tag_index >= {{ least_index }}

),

top_tags as (

    select
        segment_id,
        {{ joined_text('indexed_tag', '; ', 'surplus_rank') }} as over_represented
    from over_represented
    where surplus_rank <= {{ listed_count }}
    group by segment_id

),

described as (

    select
        shared.segment_id,
        shared.as_of_date,
        shared.segment_model_name as model_name,
        shared.segment_model_version as model_version,

        shared.segment_name,
        shared.segment_name_zh,
        concat(
            shared.customer_count, ' customers (',
            cast(round(100 * shared.customer_share) as integer), ' %) bring ',
            cast(round(100 * coalesce(shared.spend_share, 0)) as integer),
            ' % of the spend; the median one ordered ',
            cast(round(shared.median_days_since_last_order) as integer), ' days ago, has ',
            cast(round(shared.median_order_count) as integer), ' orders of ',
            cast(shared.median_average_order_value as decimal(18, 2)), ' on average',
            coalesce('. Over-represented (100 is as overall): ' || top_tags.over_represented, ''),
            '.'
        ) as description,
        top_categories.top_categories,
        top_tags.over_represented,

        shared.customer_count,
        cast(shared.customer_share as double) as customer_share,
        cast(shared.total_spend as decimal(18, 2)) as total_spend,
        cast(shared.spend_share as double) as spend_share,
        cast(shared.median_total_spend as decimal(18, 2)) as median_total_spend,
        cast(shared.median_order_count as double) as median_order_count,
        cast(shared.median_average_order_value as decimal(18, 2)) as median_average_order_value,
        cast(shared.median_days_since_last_order as double) as median_days_since_last_order,
        cast(shared.median_days_between_orders as double) as median_days_between_orders,
        cast(shared.median_discount_share as double) as median_discount_share,
        shared.mean_repurchase_probability
    from shared
    left join top_categories on shared.segment_id = top_categories.segment_id
    left join top_tags on shared.segment_id = top_tags.segment_id

)

select * from described
