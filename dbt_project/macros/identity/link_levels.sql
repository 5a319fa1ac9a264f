{#
    Strengths that a kind of seeds/identifier_kinds.csv may have, the strongest first: links up to each
    are looked at together, and those up to the last are all.
#}
{% macro link_levels() %}{{ return([1, 2, 3]) }}{% endmacro %}
