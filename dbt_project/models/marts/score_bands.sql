-- What was foretold on the day of the test is known by its tenths. Tenths whose ends touch hold
-- customers of one score, so they make one band: then every score lies in one band, then and now.
with

foretold as (

    select * from {{ source('ml', 'prediction_outcomes') }}

),

predictions as (

    select * from {{ ref('customer_predictions') }}
    where is_model_served

),

test_days as (

    select
        shop,
        target,
        max(as_of_date) as reference_date
    from foretold
    group by shop, target

),

tenths as (

    select
        foretold.*,
        coalesce(
            foretold.highest_expected < lag(foretold.lowest_expected) over (
                partition by foretold.shop, foretold.target order by foretold.decile
            ),
            true
        ) as is_apart
    from foretold
    inner join test_days
        on
            foretold.shop = test_days.shop
            and foretold.target = test_days.target
            and foretold.as_of_date = test_days.reference_date

),

numbered as (

    select
        *,
        sum(case when is_apart then 1 else 0 end) over (
            partition by shop, target order by decile
            rows between unbounded preceding and current row
        ) as band
    from tenths

),

bands as (

    select
        shop,
        target,
        band,
        sum(customer_count) as then_count,
        sum(cast(expected * customer_count as decimal(38, 9))) as then_sum,
        min(lowest_expected) as lowest_expected,
        max(band) over (partition by shop, target) as last_band
    from numbered
    group by shop, target, band

),

scored as (

    select
        shop,
        target,
        customer_id,
        coalesce(probability, expected_amount) as score
    from predictions

),

-- The last band has no lower end: nobody falls out of all.
placed as (

    select
        scored.shop,
        scored.target,
        scored.customer_id,
        min(bands.band) as band
    from scored
    inner join bands
        on
            scored.shop = bands.shop
            and scored.target = bands.target
            and (scored.score >= bands.lowest_expected or bands.band = bands.last_band)
    group by scored.shop, scored.target, scored.customer_id

),

counted as (

    select
        shop,
        target,
        band,
        count(*) as now_count
    from placed
    group by shop, target, band

),

selected as (

    select
        bands.shop,
        bands.target,
        cast(bands.band as integer) as band,
        test_days.reference_date,
        cast(bands.then_count as bigint) as then_count,
        coalesce(counted.now_count, 0) as now_count,
        cast(bands.then_sum as decimal(38, 9)) as then_sum
    from bands
    inner join test_days on bands.shop = test_days.shop and bands.target = test_days.target
    left join counted
        on
            bands.shop = counted.shop
            and bands.target = counted.target
            and bands.band = counted.band

)

select * from selected
