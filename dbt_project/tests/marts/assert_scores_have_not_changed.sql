-- A failing row is a prediction of a shop whose scores of today do not lie where they lay on the
-- day of the model's test (score_drift): how good it was then tells little of today. See in
-- feature_drift what has changed, and whether that is the shop or its data. If the latest version
-- has learned from something wrong, serve an earlier one until that is put right: portrait models
-- list, then portrait models serve PREDICTION VERSION.
{{ config(severity='warn') }}

select
    'What ' || prediction || ' expects of customers of ' || shop || ' has changed since its model '
    || 'was tested: feature_drift says what else has. Unless the shop itself has, serve an earlier '
    || 'model: portrait models serve ' || prediction || ' VERSION.' as told
from {{ ref('score_drift') }}
where verdict = 'changed'
