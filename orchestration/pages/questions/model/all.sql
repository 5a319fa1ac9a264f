with
judged as (
    select
        prediction,
        target,
        value as verdict,
        note
    from model_metrics
    where shop = $1 and metric = 'status' and prediction is not null
),

tested as (
    select
        target,
        metric,
        value,
        lower_bound,
        upper_bound,
        baseline_value,
        customer_count,
        evaluated_on
    from model_metrics
    where shop = $1 and metric in ('roc_auc', 'rank_correlation') and prediction is not null
)

select
    judged.prediction,
    judged.target,
    case judged.verdict when 1 then 'model' when 0 then 'baseline' else 'nothing' end as verdict,
    judged.note,
    tested.metric,
    tested.value,
    tested.lower_bound,
    tested.upper_bound,
    tested.baseline_value,
    tested.customer_count,
    tested.evaluated_on
from judged
left join tested on judged.target = tested.target
order by judged.target
