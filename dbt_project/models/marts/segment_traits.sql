{#- Of many customers what hardly matters is significant too. A portrait tells what at least so many
    have, this share of the segment, and from this index on. -#}
{%- set least_count = 5 %}
{%- set least_share = 0.1 %}
{%- set least_index = 120 %}

with

tests as (

    select * from {{ ref('segment_trait_tests') }}

),

segments as (

    select
        shop,
        segment_id,
        as_of_date,
        customer_count as member_count
    from {{ ref('segment_measures') }}

),

tag_catalog as (

    select * from {{ ref('tag_catalog') }}

),

value_names as (

    select * from {{ ref('tag_value_names') }}

),

measured as (

    select
        tests.*,
        segments.as_of_date,
        segments.member_count
    from tests
    inner join segments
        on tests.shop = segments.shop and tests.segment_id = segments.segment_id

),

-- Over all values and segments of a shop.
{{ false_discovery_steps('measured', 'shop') }},

judged as (

    select
        *,
        customer_count / known_count as customer_share,
        all_count / all_known_count as overall_share,
        cast(round(100 * customer_count / expected_count) as integer) as tag_index,
        q_value <= {{ var('false_discovery_rate') }} and customer_count >= {{ least_count }}
            as is_significant
    from adjusted

),

named as (

    select
        judged.*,
        tag_catalog.tag_order,
        judged.is_significant
        and judged.tag_index >= {{ least_index }}
        and judged.customer_count >= {{ least_share }} * judged.member_count as sets_apart,
        concat_ws(
            ' ', tag_catalog.name_en,
            case
                when coalesce(tag_catalog.value_type, 'text') = 'text'
                    then coalesce(value_names.name_en, judged.tag_value)
            end
        ) as name_en,
        concat_ws(
            ' ', tag_catalog.name_zh,
            case
                when coalesce(tag_catalog.value_type, 'text') = 'text'
                    then coalesce(value_names.name_zh, judged.tag_value)
            end
        ) as name_zh
    from judged
    left join tag_catalog
        on judged.shop = tag_catalog.shop and judged.tag_key = tag_catalog.tag_key
    left join value_names
        on judged.tag_key = value_names.tag_key and judged.tag_value = value_names.tag_value

),

selected as (

    select
        shop,
        segment_id,
        as_of_date,
        kind,
        tag_key,
        tag_value,
        concat(name_en, ' (', tag_index, ')') as trait,
        concat(name_zh, '（', tag_index, '）') as trait_zh,
        customer_count,
        known_count,
        cast(customer_share as double) as customer_share,
        cast(overall_share as double) as overall_share,
        expected_count,
        tag_index,
        p_value,
        cast(q_value as double) as q_value,
        is_significant,
        -- The largest surplus of members leads, not the largest index: an index is largest for what
        -- hardly anybody has.
        case when sets_apart then row_number() over (
            partition by shop, segment_id, kind, sets_apart
            order by customer_count - expected_count desc, tag_order, tag_value
        ) end as surplus_rank
    from named

)

select * from selected
