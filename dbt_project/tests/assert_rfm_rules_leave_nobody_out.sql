-- A failing row is a combination of scores that no rule of seeds/rfm_segment_rules.csv names.
{{ config(severity='warn') }}

select
    recency_score,
    frequency_score,
    monetary_score,
    count(*) as customer_count
from (
    select * from {{ ref('feature_rfm') }}
    {{ where_untested('feature_rfm', ['shop', 'as_of_date']) }}
) as untested_days
where rfm_segment_missing_reason = 'no_rule'
group by recency_score, frequency_score, monetary_score
