{#
    The tag models, one a tag group, in the order in which people read the groups. dbt needs the
    references before it knows its own graph; `tag_columns` checks that none is missing here.
#}
{% macro tag_models() %}
    {{ return([
        'tags_lifecycle', 'tags_value', 'tags_rhythm', 'tags_basket', 'tags_promotion',
        'tags_channel', 'tags_preference', 'tags_campaign', 'tags_demographics', 'tags_prediction',
    ]) }}
{% endmacro %}

{# The tag models that read nothing that Python writes: their changes are known partition by partition. #}
{% macro tag_models_before_ml() %}
    {{ return(tag_models() | reject('equalto', 'tags_prediction') | list) }}
{% endmacro %}
