with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

feature_breadth as (

    select * from {{ ref('feature_breadth') }}
    {{ where_touched('feature_breadth') }}

),

joined as (

    -- Where all bought through one channel nobody chose it.
    select
        customer_features.*,
        case
            when
                max(customer_features.channel_count) over one_day > 1
                or min(feature_breadth.preferred_channel) over one_day
                <> max(feature_breadth.preferred_channel) over one_day
                then feature_breadth.preferred_channel
        end as preferred_channel,
        feature_breadth.preferred_channel is not null as is_channel_known,
        feature_breadth.preferred_store
    from customer_features
    left join feature_breadth
        on customer_features.customer_id = feature_breadth.customer_id
        and customer_features.as_of_date = feature_breadth.as_of_date
    window one_day as (partition by customer_features.shop, customer_features.as_of_date)

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        preferred_channel,
        preferred_store,
        case
            when order_count >= {{ tag_parameter('store_loyalty', 'min_orders') }}
                then {{ banded('store_loyalty', 'top_store_share') }}
        end as store_loyalty,

        case
            when is_channel_known
                then channel_count >= {{ tag_parameter('is_multichannel', 'min_channels') }}
        end as is_multichannel,

        cast(order_count as bigint) as order_count,
        channel_count,
        top_channel_share,
        store_count,
        top_store_share
    from joined

)

select * from tagged
