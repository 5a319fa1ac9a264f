with

bands as (

    select * from {{ ref('feature_bands') }}

),

themes as (

    select * from {{ ref('feature_themes') }}

),

totals as (

    select
        shop,
        feature,
        as_of_date,
        reference_date,
        then_median,
        now_median,
        count(*) as band_count,
        sum(then_count) as then_count,
        sum(now_count) as now_count,
        sum(case when band = -1 then then_count else 0 end) as then_null_count,
        sum(case when band = -1 then now_count else 0 end) as now_null_count
    from bands
    group by shop, feature, as_of_date, reference_date, then_median, now_median

),

indexed as (

    select
        bands.shop,
        bands.feature,
        {{ stability_index(
            'bands.then_count', 'bands.now_count',
            'totals.then_count', 'totals.now_count', 'totals.band_count'
        ) }} as stability_index
    from bands
    inner join totals on bands.shop = totals.shop and bands.feature = totals.feature
    group by bands.shop, bands.feature

),

judged as (

    select
        totals.*,
        indexed.stability_index,
        {{ stability_by_chance('totals.then_count', 'totals.now_count', 'totals.band_count') }}
            as by_chance,
        themes.theme,
        coalesce(themes.grows_by_nature, false) as grows_by_nature
    from totals
    inner join indexed on totals.shop = indexed.shop and totals.feature = indexed.feature
    left join themes on totals.feature = themes.feature

),

selected as (

    select
        shop,
        feature,
        as_of_date,
        reference_date,

        theme,
        {{ stability_verdict('stability_index', 'by_chance', 'grows_by_nature') }} as verdict,

        cast(then_count as bigint) as reference_customer_count,
        cast(now_count as bigint) as customer_count,
        stability_index as population_stability_index,
        by_chance as index_by_chance,
        then_median as reference_median,
        now_median as current_median,
        cast(then_null_count / nullif(then_count, 0) as double) as reference_null_share,
        cast(now_null_count / nullif(now_count, 0) as double) as null_share,

        grows_by_nature
    from judged

)

select * from selected
