select
    curve,
    series,
    point,
    x,
    y,
    lower_bound,
    upper_bound,
    customer_count
from model_curves
where
    shop = $1 and prediction = $2
    and curve in ('roc', 'calibration', 'lift', 'gain')
order by curve, series desc, point
