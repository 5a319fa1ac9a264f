-- Each feature is put into bands by the tenths of the day that was learned from, NULL in a band of
-- its own. A pass over the customers of the two days finds the tenths, another counts the bands:
-- nothing is held a row a customer and feature.
{%- set features = feature_columns() %}
{%- set medians, bands = [], [] %}
{%- for name in features %}
{%- do medians.append({
    'feature': "'" ~ name ~ "'",
    'then_median': middle_decile('gauged.' ~ name ~ '_then'),
    'now_median': middle_decile('gauged.' ~ name ~ '_now'),
}) %}
{%- set value = 'cast(compared.' ~ name ~ ' as double)' %}
{%- do bands.append({
    'feature': "'" ~ name ~ "'",
    'band': 'case when compared.' ~ name ~ ' is null then -1 else coalesce('
        ~ count_below('gauged.' ~ name ~ '_then', value) ~ ', 0) end',
}) %}
{%- endfor %}

with

customers as (

    select * from {{ ref('customer_features') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

reference_days as (

    select
        today.shop,
        today.as_of_date,
        max(past.as_of_date) as reference_date
    from as_of_dates as today
    inner join as_of_dates as past
        on
            today.shop = past.shop
            and not past.is_current
            and past.as_of_date + {{ shortest_horizon() }} <= today.as_of_date
    where today.is_current
    group by today.shop, today.as_of_date

),

days as (

    select
        shop,
        as_of_date as customer_date,
        false as is_then
    from reference_days
    union all
    select
        shop,
        reference_date as customer_date,
        true as is_then
    from reference_days

),

compared as (

    select
        customers.*,
        days.is_then
    from customers
    inner join days on customers.shop = days.shop and customers.as_of_date = days.customer_date

),

gauged as (

    select
        {%- for name in features %}
        {{ deciles('case when is_then then cast(' ~ name ~ ' as double) end') }} as {{ name }}_then,
        {{ deciles('case when is_then then null else cast(' ~ name ~ ' as double) end') }}
            as {{ name }}_now,
        {%- endfor %}
        shop
    from compared
    group by shop

),

medians as (

    select
        gauged.shop,
        {{ explode_structs(medians) }} as told
    from gauged

),

banded as (

    select
        compared.shop,
        compared.is_then,
        {{ explode_structs(bands) }} as told
    from compared
    inner join gauged on compared.shop = gauged.shop

),

counted as (

    select
        banded.shop,
        banded.told.feature,
        banded.told.band,
        count(case when banded.is_then then 1 end) as then_count,
        count(case when banded.is_then then null else 1 end) as now_count
    from banded
    group by banded.shop, banded.told.feature, banded.told.band

),

selected as (

    select
        counted.shop,
        counted.feature,
        cast(counted.band as integer) as band,
        reference_days.as_of_date,
        reference_days.reference_date,
        counted.then_count,
        counted.now_count,
        cast(medians.told.then_median as double) as then_median,
        cast(medians.told.now_median as double) as now_median
    from counted
    inner join reference_days on counted.shop = reference_days.shop
    inner join medians
        on counted.shop = medians.shop and counted.feature = medians.told.feature

)

select * from selected
