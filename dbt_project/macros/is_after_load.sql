{#
    Whether a day lies in the future as seen from the data: more than a day (time zones) after its row
    was loaded or, where raw does not say when that was, after the var latest_plausible_date.
#}
{% macro is_after_load(day) -%}
{{ day }} > coalesce(cast(loaded_at as date) + 1, cast('{{ var("latest_plausible_date") }}' as date))
{%- endmacro %}
