{# Fails for every key that stands on more than one row, and for keys that are not complete.

   columns: the model's grain.
   optional: columns that belong to the grain and may be empty; empty is a value like any other.

   Keys are compared only where their hash occurs more than once: twenty million texts in one table of groups
   take more memory than there may be. #}
{% test unique_grain(model, columns, optional=[]) %}
{%- set grain = columns + optional %}

with

tested as {{ not_held() }} (

    select {{ grain | join(', ') }}
    from {{ model }} as rows_of_model
    {{ where_untested('rows_of_model', grain) }}

),

repeated_keys as (

    {{ repeated_keys('tested', grain) | indent }}

)

select
    {{ grain | join(', ') }},
    count(*) as row_count
from tested
where
    {{ hash_of(grain) }} in (select key_hash from repeated_keys)
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
group by {{ grain | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
