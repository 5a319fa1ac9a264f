{#- So many categories and traits a person reads at a glance. -#}
{%- set listed_count = 5 %}

with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

customer_preferences as (

    select * from {{ ref('customer_preferences') }}
    where dimension = 'category'

),

segment_traits as (

    select * from {{ ref('segment_traits') }}

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

top_traits as (

    select
        segment_id,
        {{ joined_text('trait', '; ', 'surplus_rank') }} as over_represented
    from segment_traits
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
            coalesce('. Over-represented (100 is as overall): ' || top_traits.over_represented, ''),
            '.'
        ) as description,
        top_categories.top_categories,
        top_traits.over_represented,

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
    left join top_traits on shared.segment_id = top_traits.segment_id

)

select * from described
