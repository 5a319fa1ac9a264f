-- A row is a shop of which the segments' portraits and the clustered customers do not add up to
-- each other.
with

portraits as (

    select
        shop,
        sum(customer_count) as customer_count,
        coalesce(sum(total_spend), 0) as total_spend,
        sum(customer_share) as customer_share,
        sum(spend_share) as spend_share
    from {{ ref('segment_portraits') }}
    group by shop

),

clustered as (

    select
        segments.shop,
        count(*) as customer_count,
        coalesce(sum(profiles.total_spend), 0) as total_spend
    from {{ ref('customer_segments') }} as segments
    left join {{ ref('customer_profiles') }} as profiles
        on segments.customer_id = profiles.customer_id
    group by segments.shop

),

compared as (

    select
        coalesce(portraits.shop, clustered.shop) as shop,
        portraits.customer_count,
        clustered.customer_count as clustered_count,
        portraits.total_spend,
        clustered.total_spend as clustered_spend,
        portraits.customer_share,
        portraits.spend_share
    from portraits
    full outer join clustered on portraits.shop = clustered.shop
    where portraits.customer_count is distinct from clustered.customer_count
        or portraits.total_spend is distinct from clustered.total_spend
        -- The shares are sums of doubles.
        or abs(portraits.customer_share - 1) > 1e-9
        or abs(portraits.spend_share - 1) > 1e-9

)

select * from compared
