{#
    Text that is highest for the newest of several exports: by the time of the last change that the row
    itself tells, else by the date in the file's name, else by arrival, else by the numbers in the name.
    Exports that overlap say an order several times, each as it was then.

    file: expression of the file's name.
    loaded_at: expression of the time at which its rows were landed; NULL where nobody knows.
    updated_at: expression of the time at which what the row says was last changed; NULL likewise.
#}
{% macro export_rank(file, loaded_at, updated_at='null') -%}
concat(
    coalesce(cast({{ updated_at }} as varchar), '0'), ' ',
    coalesce({{ date_in_name(file) }}, '0'), ' ', coalesce(cast({{ loaded_at }} as varchar), ''), ' ',
    {{ by_number(file) }}
)
{%- endmacro %}
