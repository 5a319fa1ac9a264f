-- Of a rule of thumb there is no drift of scores: its bands are those of its feature.
with

bands as (

    select * from {{ ref('score_bands') }}

),

predictions as (

    select * from {{ ref('customer_predictions') }}
    where is_model_served

),

today as (

    -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
    select
        shop,
        target,
        prediction,
        model_version,
        as_of_date,
        count(*) as now_count,
        avg(cast(coalesce(probability, expected_amount) as decimal(18, 9))) as now_mean
    from predictions
    group by shop, target, prediction, model_version, as_of_date

),

totals as (

    select
        shop,
        target,
        reference_date,
        count(*) as band_count,
        sum(then_count) as then_count,
        sum(then_sum) as then_sum
    from bands
    group by shop, target, reference_date

),

indexed as (

    select
        bands.shop,
        bands.target,
        {{ stability_index(
            'bands.then_count', 'bands.now_count',
            'totals.then_count', 'today.now_count', 'totals.band_count'
        ) }} as stability_index
    from bands
    inner join totals on bands.shop = totals.shop and bands.target = totals.target
    inner join today on bands.shop = today.shop and bands.target = today.target
    group by bands.shop, bands.target

),

judged as (

    select
        today.*,
        totals.reference_date,
        totals.then_count,
        totals.then_sum,
        indexed.stability_index,
        {{ stability_by_chance('totals.then_count', 'today.now_count', 'totals.band_count') }}
            as by_chance
    from indexed
    inner join totals on indexed.shop = totals.shop and indexed.target = totals.target
    inner join today on indexed.shop = today.shop and indexed.target = today.target

),

selected as (

    select
        shop,
        prediction,
        target,
        model_version,
        as_of_date,
        reference_date,

        {{ stability_verdict('stability_index', 'by_chance') }} as verdict,

        cast(then_count as bigint) as reference_customer_count,
        cast(now_count as bigint) as customer_count,
        stability_index as population_stability_index,
        by_chance as index_by_chance,
        cast(then_sum / then_count as double) as reference_mean,
        cast(now_mean as double) as current_mean
    from judged

)

select * from selected
