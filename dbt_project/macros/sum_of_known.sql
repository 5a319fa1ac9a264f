{#
    A sum over orders, of which those of unknown value have NULL: NULL where there are no others, 0
    where there is no order at all.

    amount: expression; the rows have is_value_unknown.
#}
{% macro sum_of_known(amount) -%}
case when bool_or(is_value_unknown) then sum({{ amount }}) else coalesce(sum({{ amount }}), 0) end
{%- endmacro %}
