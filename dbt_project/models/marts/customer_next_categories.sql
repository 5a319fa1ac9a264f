with

recommended as (

    select * from {{ source('ml', 'customer_next_categories') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

interactions as (

    select * from {{ ref('current_interactions') }}
    where behaviour = 'purchase'

),

products as (

    select * from {{ ref('recommendable_products') }}

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

purchases as (

    select
        interactions.customer_id,
        interactions.as_of_date,
        interactions.age_days,
        products.category
    from interactions
    inner join products on interactions.product_id = products.product_id

),

bought as (

    {{ own_purchases('current_ones', 'purchases', 'category') }}

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
        current_ones.category,
        current_ones.score,
        current_ones.because_category,
        current_ones.reason_count,
        bought.purchase_day_count,
        bought.days_since_last_purchase,
        bought.days_between_purchases,
        {{ reason_kind('bought', 'current_ones.reason') }} as reason_kind
    from current_ones
    left join bought
        on
            current_ones.customer_id = bought.customer_id
            and current_ones.category = bought.category

),

worded as (

    select
        described.*,
        {{ reasons_in_words('described', 'reasons', 'described.because_category') }}
    from described
    left join reasons on described.reason_kind = reasons.reason

)

select * from worded
