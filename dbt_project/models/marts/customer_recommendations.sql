with

recommended as (

    select * from {{ source('ml', 'customer_recommendations') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

products as (

    select * from {{ ref('recommendable_products') }}

),

interactions as (

    select * from {{ ref('current_interactions') }}
    where behaviour = 'purchase'

),

reasons as (

    select * from {{ ref('recommendation_reasons') }}

),

current_ones as (

    -- Those of another day stay out: without the Python step the table may be older than the rest.
    select recommended.*
    from recommended
    inner join as_of_dates
        on
            recommended.shop = as_of_dates.shop
            and recommended.as_of_date = as_of_dates.as_of_date

),

bought as (

    {{ own_purchases('current_ones', 'interactions', 'product_id') }}

),

described as (

    select
        current_ones.shop,
        current_ones.customer_id,
        current_ones.as_of_date,
        current_ones.model_name,
        current_ones.model_version,
        current_ones.slot,
        current_ones.rank,
        current_ones.product_id,
        products.name as product_name,
        products.category,
        current_ones.score,
        current_ones.because_product_id,
        because.name as because_product_name,
        current_ones.reason_count,
        bought.purchase_day_count,
        bought.days_since_last_purchase,
        bought.days_between_purchases,
        {{ reason_kind('bought', 'current_ones.reason') }} as reason_kind
    from current_ones
    left join products on current_ones.product_id = products.product_id
    left join products as because on current_ones.because_product_id = because.product_id
    left join bought
        on
            current_ones.customer_id = bought.customer_id
            and current_ones.product_id = bought.product_id

),

worded as (

    select
        described.*,
        {{ reasons_in_words(
            'described', 'reasons', 'coalesce(described.because_product_name, described.because_product_id)'
        ) }}
    from described
    left join reasons on described.reason_kind = reasons.reason

)

select * from worded
