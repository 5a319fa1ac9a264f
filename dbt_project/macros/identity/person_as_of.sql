{#
    Whether a row of int_identities says who the person was as of a day: what was seen on a day counts
    from the day after, as everything else does.

    identities: the alias of int_identities, or of rows with its known_from and known_until.
    as_of_date: the day.
#}
{% macro is_person_as_of(identities, as_of_date) -%}
{{ identities }}.known_from < {{ as_of_date }} and {{ identities }}.known_until >= {{ as_of_date }}
{%- endmacro %}

{# The dates that stand for no beginning and no end: comparisons with NULL would need a case each. #}
{% macro always() -%} cast('0001-01-01' as date) {%- endmacro %}
{% macro forever() -%} cast('9999-12-31' as date) {%- endmacro %}
