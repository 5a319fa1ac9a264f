-- A failing row is a monetary cut point of seeds/rfm_cut_points.csv that names no shop and holds in
-- shops that report in several currencies: 100 pounds and 100 yen would earn the same score. Write
-- a row for each shop, with its name in the column shop.
with

shops as (

    select distinct
        reporting_currencies.shop,
        reporting_currencies.reporting_currency
    from {{ ref('int_reporting_currencies') }} as reporting_currencies
    inner join {{ ref('as_of_dates') }} as as_of_dates
        on reporting_currencies.shop = as_of_dates.shop
    where as_of_dates.is_current

),

cut_points as (

    select * from {{ ref('int_cut_points') }}
    where dimension = 'monetary' and not is_own

),

compared as (

    select
        cut_points.dimension,
        cut_points.score,
        cut_points.least_value,
        count(distinct shops.reporting_currency) as currency_count
    from cut_points
    inner join shops on cut_points.shop = shops.shop
    group by cut_points.dimension, cut_points.score, cut_points.least_value
    having count(distinct shops.reporting_currency) > 1

)

select * from compared
