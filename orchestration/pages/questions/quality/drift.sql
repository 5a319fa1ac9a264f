select
    feature,
    theme,
    verdict,
    reference_date,
    reference_median,
    current_median,
    null_share,
    reference_null_share,
    population_stability_index
from feature_drift
where shop = $1 and verdict <> 'stable' and not grows_by_nature
order by population_stability_index desc nulls last, feature
