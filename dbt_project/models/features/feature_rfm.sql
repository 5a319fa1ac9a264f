-- Scores are told apart by the macro rfm_score, or by the shop's cut points. A score that is not
-- known meets the rules that do not ask for it; whom none fits has no segment, and the reason why.
{%- set dimensions = {
    'recency': '-days_since_last_order',
    'frequency': 'order_count',
    'monetary': 'total_spend',
} %}

with

purchases as (

    select * from {{ ref('feature_purchases') }}
    where
        order_day_count > 0
        {{ and_touched('feature_purchases') }}

),

cut_points as (

    select * from {{ ref('int_cut_points') }}

),

silences as (

    select * from {{ ref('feature_silence') }}
    {{ where_touched('feature_silence') }}

),

rules as (

    select * from {{ ref('int_rfm_segment_rules') }}

),

measured as (

    select
        purchases.shop,
        purchases.customer_id,
        purchases.as_of_date,
        purchases.days_since_last_order,
        silences.silence_ratio,
        purchases.order_count,
        purchases.total_spend,
        {%- for dimension, value in dimensions.items() %}
        {{ rfm_score(value) }} as {{ dimension }}_quantile{{ ',' if not loop.last }}
        {%- endfor %}
    from purchases
    left join silences
        on purchases.customer_id = silences.customer_id
        and purchases.as_of_date = silences.as_of_date
    window days as (partition by purchases.shop, purchases.as_of_date)

),

scored as (

    select
        *,
        {%- for dimension, value in dimensions.items() %}
        case
            when {{ value }} is null then null
            when exists (
                select 1 from cut_points
                where
                    cut_points.shop = measured.shop and cut_points.dimension = '{{ dimension }}'
            )
                then coalesce((
                    select max(cut_points.score) from cut_points
                    where
                        cut_points.shop = measured.shop and cut_points.dimension = '{{ dimension }}'
                        and cut_points.least_value <= {{ value }}
                ), 1)
            else {{ dimension }}_quantile
        end as {{ dimension }}_score{{ ',' if not loop.last }}
        {%- endfor %}
    from measured

),

named as (

    select
        scored.customer_id,
        scored.as_of_date,
        {{ first_by('rules.rfm_segment', 'rules.rule_order') }} as rfm_segment
    from scored
    inner join rules
        on
            coalesce(
                scored.silence_ratio >= rules.min_silence_ratio, rules.min_silence_ratio is null
            )
            and coalesce(
                scored.silence_ratio < rules.below_silence_ratio, rules.below_silence_ratio is null
            )
            {%- for dimension in dimensions %}
            and (
                coalesce(rules.min_{{ dimension }}_score, rules.max_{{ dimension }}_score) is null
                or scored.{{ dimension }}_score
                between coalesce(rules.min_{{ dimension }}_score, 1)
                and coalesce(rules.max_{{ dimension }}_score, {{ var('rfm_bins') }})
            )
            {%- endfor %}
    group by scored.customer_id, scored.as_of_date

),

levels as (

    select
        shop,
        as_of_date,
        {%- for dimension in dimensions %}
        count(distinct {{ dimension }}_score)
            as {{ dimension }}_score_levels{{ ',' if not loop.last }}
        {%- endfor %}
    from scored
    group by shop, as_of_date

),

joined as (

    select
        scored.{{ all_but(['recency_quantile', 'frequency_quantile', 'monetary_quantile']) }},
        named.rfm_segment,
        case
            when named.rfm_segment is not null then null
            when scored.total_spend is null then 'unknown_spend'
            {%- for dimension in dimensions %}
            when scored.{{ dimension }}_score is null then 'same_{{ dimension }}'
            {%- endfor %}
            else 'no_rule'
        end as rfm_segment_missing_reason,
        levels.recency_score_levels,
        levels.frequency_score_levels,
        levels.monetary_score_levels
    from scored
    left join named
        on scored.customer_id = named.customer_id
        and scored.as_of_date = named.as_of_date
    inner join levels on scored.shop = levels.shop and scored.as_of_date = levels.as_of_date

)

select * from joined
