{# Fails for every key that stands on more than one row, and for keys that are not complete.

   columns: the model's grain. #}
{% test unique_grain(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }} as tested
{{ where_untested('tested', columns) }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
