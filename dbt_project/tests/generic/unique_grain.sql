{# Fails for every key that stands on more than one row, and for keys that are not complete.

   columns: the model's grain.
   optional: columns that belong to the grain and may be empty; empty is a value like any other. #}
{% test unique_grain(model, columns, optional=[]) %}
{%- set grain = columns + optional %}

select
    {{ grain | join(', ') }},
    count(*) as row_count
from {{ model }} as tested
{{ where_untested('tested', grain) }}
group by {{ grain | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
