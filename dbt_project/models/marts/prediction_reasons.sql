with

reasons as (

    select * from {{ source('ml', 'prediction_reasons') }}

),

themes as (

    select * from {{ ref('feature_themes') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

told as (

    select
        reasons.shop,
        reasons.customer_id,
        reasons.as_of_date,
        reasons.prediction,
        reasons.target,
        reasons.rank,
        reasons.theme,
        reasons.feature,
        reasons.value,
        reasons.typical_value,
        reasons.effect,
        {%- for name in ['value', 'typical_value'] %}
        case
            when themes.unit = 'share' then format('{:.0f} %', 100 * reasons.{{ name }})
            when themes.unit in ('money', 'rating') then format('{:.2f}', reasons.{{ name }})
            else format('{:.0f}', reasons.{{ name }})
        end as {{ name }}_text,
        {%- endfor %}
        themes.label,
        themes.label_zh,
        coalesce(themes.missing, 'unknown') as missing,
        coalesce(themes.missing_zh, '未知') as missing_zh
    from reasons
    inner join as_of_dates
        on reasons.shop = as_of_dates.shop and reasons.as_of_date = as_of_dates.as_of_date
    inner join themes on reasons.feature = themes.feature

),

worded as (

    select
        {{ all_but([
            'value_text', 'typical_value_text', 'label', 'label_zh', 'missing', 'missing_zh'
        ]) }},
        case when effect > 0 then 'raised' else 'lowered' end || ' by ' || label || ' '
        || coalesce(value_text, missing)
        || ' (typical ' || coalesce(typical_value_text, missing) || ')' as reason,
        case when effect > 0 then '提高' else '降低' end || '：' || label_zh || ' '
        || coalesce(value_text, missing_zh)
        || '（一般 ' || coalesce(typical_value_text, missing_zh) || '）' as reason_zh
    from told

)

select * from worded
