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

    select * from {{ ref('product_interactions') }}
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

    -- The customer's own purchases of what is recommended to be bought again.
    select
        current_ones.customer_id,
        current_ones.product_id,
        count(distinct ceil(interactions.age_days)) as purchase_day_count,
        cast(min(ceil(interactions.age_days)) as integer) as days_since_last_purchase,
        case
            when count(distinct ceil(interactions.age_days)) > 1
                then
                    (max(ceil(interactions.age_days)) - min(ceil(interactions.age_days)))
                    / (count(distinct ceil(interactions.age_days)) - 1)
        end as days_between_purchases
    from current_ones
    inner join interactions
        on
            current_ones.customer_id = interactions.customer_id
            and current_ones.product_id = interactions.product_id
            and current_ones.as_of_date = interactions.as_of_date
    where current_ones.slot = 'buy_again'
    group by current_ones.customer_id, current_ones.product_id

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
        cast(bought.days_between_purchases as double) as days_between_purchases,
        cast(round(bought.days_between_purchases) as bigint) as gap_days,
        case
            when bought.purchase_day_count = 1 then 'bought_once'
            when bought.purchase_day_count > 1 then 'bought_regularly'
            else current_ones.reason
        end as reason_kind
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
        described.{{ all_but(['gap_days']) }},
        {%- for suffix, nouns in {
            '': {'day': ['day', 'days'], 'customer': ['customer', 'customers']},
            '_zh': {'day': ['天', '天'], 'customer': ['位顾客', '位顾客']},
        }.items() %}
        {{ filled_in('reasons.words' ~ suffix, {
            'days': counted('described.days_since_last_purchase', nouns.day[0], nouns.day[1]),
            'gap': counted('described.gap_days', nouns.day[0], nouns.day[1]),
            'count': 'cast(described.purchase_day_count as varchar)',
            'customers': counted(
                'described.reason_count', nouns.customer[0], nouns.customer[1]
            ),
            'product': 'coalesce(described.because_product_name, described.because_product_id)',
        }) }} as reason{{ suffix }}{{ ',' if not loop.last }}
        {%- endfor %}
    from described
    left join reasons on described.reason_kind = reasons.reason

)

select * from worded
