{#- So many categories and traits a person reads at a glance. -#}
{%- set listed_count = 5 %}

with

customer_profiles as (

    select * from {{ ref('customer_profiles') }}

),

customer_preferences as (

    select * from {{ ref('customer_preferences') }}
    where dimension = 'category'

),

segment_measures as (

    select * from {{ ref('segment_measures') }}

),

segment_traits as (

    select * from {{ ref('segment_traits') }}

),

category_spend as (

    select
        customer_profiles.shop,
        customer_profiles.segment_id,
        customer_preferences.dimension_value,
        row_number() over (
            partition by customer_profiles.shop, customer_profiles.segment_id
            order by
                sum(customer_preferences.decayed_spend) desc,
                customer_preferences.dimension_value
        ) as spend_rank
    from customer_preferences
    inner join customer_profiles
        on customer_preferences.customer_id = customer_profiles.customer_id
    group by
        customer_profiles.shop, customer_profiles.segment_id, customer_preferences.dimension_value

),

top_categories as (

    select
        shop,
        segment_id,
        {{ joined_text('dimension_value', '; ', 'spend_rank') }} as top_categories
    from category_spend
    where spend_rank <= {{ listed_count }}
    group by shop, segment_id

),

top_traits as (

    select
        shop,
        segment_id,
        {{ joined_text('trait', '; ', 'surplus_rank') }} as over_represented
    from segment_traits
    where surplus_rank <= {{ listed_count }}
    group by shop, segment_id

),

described as (

    select
        measures.shop,
        measures.segment_id,
        measures.as_of_date,
        measures.currency,
        measures.model_name,
        measures.model_version,

        measures.segment_name,
        measures.segment_name_zh,
        concat(
            measures.customer_count, ' customers (',
            cast(round(100 * measures.customer_share) as integer), ' %) bring ',
            cast(round(100 * coalesce(measures.spend_share, 0)) as integer),
            ' % of the spend; the median one ordered ',
            cast(round(measures.median_days_since_last_order) as integer), ' days ago',
            coalesce(
                ' (' || cast(round(measures.usual_gap_days) as integer)
                || ' days usually lie between two orders)',
                ''
            ),
            ', has ', cast(round(measures.median_order_count) as integer),
            case round(measures.median_order_count) when 1 then ' order' else ' orders' end, ' of ',
            {{ in_minor_units(
                'measures.median_average_order_value', 'measures.reporting_decimals', 'varchar'
            ) }},
            ' on average',
            coalesce('. Over-represented (100 is as overall): ' || top_traits.over_represented, ''),
            '.'
        ) as description,
        top_categories.top_categories,
        top_traits.over_represented,

        measures.customer_count,
        measures.customer_share,
        measures.total_spend,
        measures.spend_share,
        measures.median_total_spend,
        measures.median_order_count,
        measures.median_average_order_value,
        measures.median_days_since_last_order,
        measures.median_days_between_orders,
        measures.usual_gap_days,
        measures.silence_in_gaps,
        measures.median_discount_share,
        measures.mean_repurchase_probability
    from segment_measures as measures
    left join top_categories
        on
            measures.shop = top_categories.shop
            and measures.segment_id = top_categories.segment_id
    left join top_traits
        on measures.shop = top_traits.shop and measures.segment_id = top_traits.segment_id

)

select * from described
