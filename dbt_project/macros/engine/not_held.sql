{#
    Said of a CTE that several steps read: it is made for each of them, and its rows are not held in memory.
    For many rows that are quickly made: see int_events_validated.sql.
#}
{% macro not_held() %}{{ return(adapter.dispatch('not_held', 'portrait')()) }}{% endmacro %}

{% macro default__not_held() %}not materialized{% endmacro %}

{# Said of a CTE that is to be made once and first: before its rows are joined to many others. #}
{% macro held() %}{{ return(adapter.dispatch('held', 'portrait')()) }}{% endmacro %}

{% macro default__held() %}materialized{% endmacro %}
