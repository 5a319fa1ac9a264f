with
reasons as (
    select
        prediction,
        target,
        list(reason order by rank) as reasons,
        list(reason_zh order by rank) as reasons_zh
    from prediction_reasons
    where customer_id = $1
    group by all
)

select
    expected.prediction,
    expected.target,
    expected.probability,
    expected.baseline_probability,
    expected.expected_amount,
    expected.lower_amount,
    expected.upper_amount,
    held.value as range_held,
    expected.baseline_amount,
    expected.is_model_served,
    coalesce(reasons.reasons, []) as reasons,
    coalesce(reasons.reasons_zh, []) as reasons_zh
from customer_predictions as expected
left join reasons on expected.prediction = reasons.prediction and expected.target = reasons.target
left join model_metrics as held
    on
        expected.shop = held.shop
        and expected.target = held.target
        and held.metric = 'interval_coverage'
where expected.customer_id = $1
order by expected.target
