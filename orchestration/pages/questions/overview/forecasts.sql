with
expected as (
    select
        prediction,
        target,
        horizon_days,
        count(*) as customer_count,
        sum(probability::decimal(18, 9)) as expected_count,
        sum(expected_amount::decimal(18, 4)) as expected_amount,
        bool_and(is_model_served) as is_model_served
    from customer_predictions
    where shop = $1
    group by all
),

past as (
    select
        prediction,
        as_of_date,
        sum((actual * customer_count)::decimal(18, 6)) as came,
        sum((expected * customer_count)::decimal(18, 6)) as foretold
    from prediction_outcomes
    where shop = $1
    group by all
),

off as (
    select
        prediction,
        count(*) as past_day_count,
        min(came / foretold) as least_ratio,
        max(came / foretold) as most_ratio
    from past
    where foretold > 0
    group by all
)

select
    expected.*,
    off.past_day_count,
    coalesce(expected.expected_count, expected.expected_amount) * off.least_ratio as least,
    coalesce(expected.expected_count, expected.expected_amount) * off.most_ratio as most
from expected
left join off on expected.prediction = off.prediction
order by expected.target
