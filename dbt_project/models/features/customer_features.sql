with

customers as (

    select * from {{ ref('feature_customers') }}
    {{ where_touched('feature_customers') }}

),

purchases as (

    select * from {{ ref('feature_purchases') }}
    {{ where_touched('feature_purchases') }}

),

breadth as (

    select * from {{ ref('feature_breadth') }}
    {{ where_touched('feature_breadth') }}

),

campaigns as (

    select * from {{ ref('feature_campaigns') }}
    {{ where_touched('feature_campaigns') }}

),

engagement as (

    select * from {{ ref('feature_engagement') }}
    {{ where_touched('feature_engagement') }}

),

{%- set counts = {
    'purchases': [
        'document_count', 'order_count', 'unvalued_order_count', 'order_day_count', 'total_spend', 'order_count_last_30_days',
        'order_count_last_90_days', 'order_count_previous_90_days', 'total_spend_last_30_days',
        'total_spend_last_90_days', 'total_spend_previous_90_days', 'line_count',
        'discount_amount', 'coupon_amount', 'returned_amount', 'return_count',
    ],
    'breadth': ['channel_count', 'store_count', 'category_count', 'brand_count'],
    'campaigns': [
        'campaign_contact_count', 'campaign_response_count', 'coupon_redemption_count',
    ],
    'engagement': ['session_count', 'view_count', 'cart_count', 'review_count'],
} %}
{%- set measures = {
    'purchases': [
        'days_since_first_order', 'days_since_last_order', 'average_order_value',
        'max_order_day_spend', 'mean_days_between_orders', 'stddev_days_between_orders',
        'lines_per_order', 'discount_share', 'discounted_order_share', 'coupon_order_share',
        'return_share', 'weekend_order_share', 'morning_order_share', 'afternoon_order_share',
        'evening_order_share', 'night_order_share',
    ],
    'breadth': [
        'top_channel_share', 'top_store_share', 'top_category_share', 'top_brand_share',
    ],
    'campaigns': ['days_since_last_campaign_contact', 'campaign_response_rate'],
    'engagement': ['days_since_last_session', 'average_rating'],
} %}

joined as (

    -- Nothing bought is zero orders; a share of nothing is unknown, and so may be what was spent.
    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date,
        customers.days_known,
        {%- for relation, columns in counts.items() %}
        {%- for column in columns %}
        {%- if column.startswith('total_spend') %}
        case when {{ relation }}.customer_id is null then 0 else {{ relation }}.{{ column }} end
            as {{ column }},
        {%- else %}
        coalesce({{ relation }}.{{ column }}, 0) as {{ column }},
        {%- endif %}
        {%- endfor %}
        {%- endfor %}
        {%- for relation, columns in measures.items() %}
        {%- set last_relation = loop.last %}
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not (last_relation and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    from customers
    {%- for relation in counts %}
    left join {{ relation }}
        on
            customers.customer_id = {{ relation }}.customer_id
            and customers.as_of_date = {{ relation }}.as_of_date
    {%- endfor %}

)

select * from joined
