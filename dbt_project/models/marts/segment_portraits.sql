with

measures as (

    select * from {{ ref('segment_measures') }}

),

comparisons as (

    select * from {{ ref('segment_comparisons') }}

),

favourites as (

    select * from {{ ref('segment_favourites') }}

),

nearest as (

    select
        shop,
        segment_id,
        customer_id,
        row_number() over (
            partition by shop, segment_id order by centroid_distance, customer_id
        ) as distance_rank
    from {{ ref('customer_segments') }}

),

typical as (

    select * from nearest
    where distance_rank = 1

),

worded as (

    select
        *,
        cast(round(100 * customer_share) as integer) as customer_percent,
        cast(round(100 * coalesce(spend_share, 0)) as integer) as spend_percent,
        cast(round(median_days_since_last_order) as integer) as silent_days,
        cast(round(usual_gap_days) as integer) as gap_days,
        cast(round(median_order_count) as integer) as orders,
        {{ in_minor_units('median_average_order_value', 'reporting_decimals', 'varchar') }}
            as basket
    from measures

),

described as (

    select
        worded.shop,
        worded.segment_id,
        worded.as_of_date,
        worded.currency,
        worded.model_name,
        worded.model_version,

        worded.segment_name,
        worded.segment_name_zh,
        concat(
            worded.customer_count, ' customers (', worded.customer_percent, ' %) bring ',
            worded.spend_percent, ' % of the spend; the median one ordered ',
            worded.silent_days, ' days ago',
            coalesce(' (' || worded.gap_days || ' days usually lie between two orders)', ''),
            ', has ', worded.orders, case worded.orders when 1 then ' order' else ' orders' end,
            ' of ', worded.basket, ' on average',
            coalesce(
                '. Over-represented (100 is as overall): ' || favourites.over_represented, ''
            ),
            '.'
        ) as description,
        concat(
            worded.customer_count, '位客户（', worded.customer_percent, '%）贡献了', worded.spend_percent,
            '%的消费额；中位客户', worded.silent_days, '天前下单',
            coalesce('（通常每' || worded.gap_days || '天下单一次）', ''),
            '，共', worded.orders, '单', coalesce('，平均每单' || worded.basket, ''),
            coalesce('。高于整体的特征（100为整体水平）：' || favourites.over_represented_zh, ''),
            '。'
        ) as description_zh,
        typical.customer_id as typical_customer_id,
        favourites.top_categories,
        favourites.top_brands,
        favourites.over_represented,
        favourites.over_represented_zh,
        favourites.over_represented_categories,
        favourites.over_represented_brands,
        favourites.over_represented_times,
        favourites.over_represented_times_zh,

        worded.customer_count,
        worded.customer_share,
        worded.total_spend,
        worded.spend_share,
        worded.median_total_spend,
        worded.median_order_count,
        worded.median_average_order_value,
        worded.median_days_since_last_order,
        worded.median_days_between_orders,
        worded.usual_gap_days,
        worded.silence_in_gaps,
        worded.median_discount_share,
        worded.mean_repurchase_probability,
        comparisons.{{ all_but(['shop', 'segment_id', 'as_of_date', 'customer_count']) }}
    from worded
    inner join comparisons
        on worded.shop = comparisons.shop and worded.segment_id = comparisons.segment_id
    inner join favourites
        on worded.shop = favourites.shop and worded.segment_id = favourites.segment_id
    left join typical
        on worded.shop = typical.shop and worded.segment_id = typical.segment_id

)

select * from described
