-- A failing row is a combination of scores that no rule of seeds/rfm_segment_rules.csv names.
{{ config(severity='warn') }}

with

untested_days as (

    select * from {{ ref('feature_rfm') }}
    {{ where_untested('feature_rfm', ['shop', 'as_of_date']) }}

)

select
    'No rule of seeds/rfm_segment_rules.csv names customers with the scores ' || recency_score
    || ', ' || frequency_score || ', ' || monetary_score || ': they have no RFM segment.' as told
from untested_days
where rfm_segment_missing_reason = 'no_rule'
