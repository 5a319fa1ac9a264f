{#
    Text that is highest for the newest of several exports: by the date in the file's name, else by arrival,
    else by the numbers in the name. Exports that overlap say an order several times, each as it was then.

    file: expression of the file's name.
    loaded_at: expression of the time at which its rows were landed; NULL where nobody knows.
#}
{% macro export_rank(file, loaded_at) -%}
concat(
    coalesce({{ date_in_name(file) }}, '0'), ' ', coalesce(cast({{ loaded_at }} as varchar), ''), ' ',
    {{ by_number(file) }}
)
{%- endmacro %}
