{#
    The shop's first evaluated day after each date, for models that read a row once and add up from one
    evaluated day to the next: (shop, <column>, as_of_date). Of several rows with one date only one is
    looked up. Reads the CTE as_of_dates; a date after which no day is evaluated is not there.

    relation: the rows with the shop and the dates.
    column: the column that holds them.
#}
{% macro first_as_of_after(relation, column) -%}
select
    dates.shop,
    dates.{{ column }},
    min(as_of_dates.as_of_date) as as_of_date
from (select distinct shop, {{ column }} from {{ relation }}) as dates
inner join as_of_dates
    on dates.shop = as_of_dates.shop and dates.{{ column }} < as_of_dates.as_of_date
group by dates.shop, dates.{{ column }}
{%- endmacro %}
