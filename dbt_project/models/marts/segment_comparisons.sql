{%- set numbers = [
    'order_count', 'days_since_last_order', 'mean_days_between_orders', 'discount_share',
] %}
{%- set amounts = ['total_spend', 'average_order_value'] %}

with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

measures as (

    select * from {{ ref('segment_measures') }}

),

means as (

    -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
    select
        shop,
        segment_id,
        {%- for column in numbers + amounts %}
        avg(cast({{ column }} as decimal(18, 6))) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from members
    group by shop, segment_id

),

overall_means as (

    select
        shop,
        {%- for column in numbers + amounts %}
        avg(cast({{ column }} as decimal(18, 6))) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from members
    group by shop

),

overall_medians as (

    select
        shop,
        {%- for column in numbers + amounts %}
        median({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from members
    group by shop

),

compared as (

    select
        measures.shop,
        measures.segment_id,
        measures.as_of_date,
        {%- for prefix, relation in {
            'mean_': 'means', 'overall_mean_': 'overall_means', 'overall_median_': 'overall_medians',
        }.items() %}
        {%- for column in numbers %}
        cast({{ relation }}.{{ column }} as double)
            as {{ prefix }}{{ column | replace('mean_', '') }},
        {%- endfor %}
        {%- for column in amounts %}
        {{ in_minor_units(relation ~ '.' ~ column, 'measures.reporting_decimals') }}
            as {{ prefix }}{{ column }},
        {%- endfor %}
        {%- endfor %}
        measures.customer_count
    from measures
    inner join means
        on measures.shop = means.shop and measures.segment_id = means.segment_id
    inner join overall_means on measures.shop = overall_means.shop
    inner join overall_medians on measures.shop = overall_medians.shop

)

select * from compared
