-- A failing row is a day of a customer that was known before it came: a portrait of the past would
-- know the future, and feature_rhythm count an order on evaluated days that were before it.
select
    source_system,
    source_customer_id,
    activity_date,
    known_date
from {{ ref('int_customer_days') }}
where known_date < activity_date
