{# The entities of the inputs contract, each with its key columns beside source_system. #}
{% macro entity_keys() %}
    {{ return({
        'customers': ['source_customer_id'],
        'products': ['source_product_id'],
        'orders': ['source_order_id'],
        'order_lines': ['source_order_id', 'line_number'],
        'events': ['source_event_id'],
        'reviews': ['source_review_id'],
        'campaigns': ['source_campaign_id'],
        'campaign_contacts': ['source_campaign_id', 'source_customer_id', 'contacted_at'],
        'coupon_redemptions': ['source_coupon_id', 'source_customer_id', 'redeemed_at'],
        'survey_responses': ['source_survey_id', 'source_customer_id', 'question'],
        'consents': ['source_customer_id', 'purpose', 'changed_at'],
    }) }}
{% endmacro %}
