select
    verdict,
    reference_date,
    reference_mean,
    current_mean,
    population_stability_index
from score_drift
where shop = $1 and prediction = $2
