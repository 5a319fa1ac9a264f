select
    theme,
    importance,
    lower_bound,
    upper_bound
from feature_importance
where shop = $1 and prediction = $2 and feature = '(all)'
order by importance desc, theme
