-- A row is a customer that a mart speaks of and customer_profiles does not know, or knows as one of
-- another shop.
{%- set marts = [
    'customer_rfm', 'customer_preferences', 'customer_tags', 'customer_segments',
    'customer_predictions', 'prediction_reasons', 'customer_lifetime_value',
    'customer_profile_history',
    'customer_identifiers', 'identity_edges', 'identity_history',
] %}
{%- set facts = ['orders', 'order_lines', 'returns', 'customer_months'] %}
{%- if var('publish_facts') %}{% set marts = marts + facts %}{% endif %}

with

mentioned as (
    {% for mart in marts %}
    select distinct '{{ mart }}' as mart, shop, customer_id from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

unknown as (

    select mentioned.*
    from mentioned
    left join {{ ref('customer_profiles') }} as profiles
        on mentioned.customer_id = profiles.customer_id and mentioned.shop = profiles.shop
    where profiles.customer_id is null

)

select * from unknown
