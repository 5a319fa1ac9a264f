with

reviews as (

    select * from {{ ref('input_reviews') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_review_id'], rules=[
            ('missing_date', 'review_date is null'),
            ('missing_customer', 'source_customer_id is null'),
            ('impossible_rating', 'rating < 1 or rating > 5'),
        ]) }} as reason_code
    from reviews

)

select * from judged
