with

feature_customers as (

    select * from {{ ref('feature_customers') }}

),

customer_segments as (

    select * from {{ source('ml', 'customer_segments') }}

),

segment_names as (

    -- A segment keeps its number while its name follows its customers: it is called as it is now,
    -- so that who stays in it has not moved.
    select
        shop,
        segment_id,
        {{ first_by('segment_name', 'as_of_date desc') }} as segment_name
    from customer_segments
    group by shop, segment_id

),

customer_predictions as (

    select * from {{ source('ml', 'customer_predictions') }}
    where prediction = {{ tag_parameter('repurchase_likelihood', 'prediction') }}

),

tagged as (

    select
        feature_customers.shop,
        feature_customers.customer_id,
        feature_customers.as_of_date,

        segment_names.segment_name,
        {{ banded('repurchase_likelihood', 'customer_predictions.probability') }}
            as repurchase_likelihood,

        customer_segments.model_name as segment_model_name,
        customer_segments.model_version as segment_model_version,
        customer_segments.segment_id,
        customer_segments.centroid_distance,
        customer_predictions.model_name as repurchase_model_name,
        customer_predictions.model_version as repurchase_model_version,
        customer_predictions.horizon_days as repurchase_horizon_days,
        customer_predictions.probability as repurchase_probability,
        customer_predictions.baseline_probability as repurchase_baseline_probability,
        customer_predictions.is_model_served as is_repurchase_model_served
    from feature_customers
    left join customer_segments
        on feature_customers.customer_id = customer_segments.customer_id
        and feature_customers.as_of_date = customer_segments.as_of_date
    left join segment_names
        on
            customer_segments.shop = segment_names.shop
            and customer_segments.segment_id = segment_names.segment_id
    left join customer_predictions
        on feature_customers.customer_id = customer_predictions.customer_id
        and feature_customers.as_of_date = customer_predictions.as_of_date

)

select * from tagged
