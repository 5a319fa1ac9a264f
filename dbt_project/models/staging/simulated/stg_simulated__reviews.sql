-- Who bought in the web shop is known there by number; other authors are the review site's own.
with

review_site_reviews as (

    select * from {{ source('raw_simulated', 'review_site_reviews') }}

),

renamed as (

    select
        'simulated' as source_system,
        cast(review_id as varchar) as source_review_id,
        coalesce('web-' || shop_customer_no, 'review-' || author_id) as source_customer_id,
        product as source_product_id,
        'review' as review_kind,
        body as review_text,
        lang as language,
        cast(stars as double) as rating,
        try_cast(posted as timestamp) as written_at,
        cast(
            {{ to_local('try_cast(posted as timestamp)', 'Asia/Shanghai') }} as date
        ) as review_date,
        {{ unparsed_values({'posted': 'try_cast(posted as timestamp)'}) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from review_site_reviews

)

select * from renamed
