{#
    Where a value stands among all customers of its shop and as_of_date: the share below it plus half the
    share equal to it, 0 to 1. So equal values stand equal, and when everybody is equal all stand
    at 0.5. NULL for NULL.

    value: a numeric column.
#}
{% macro mid_percentile(value) -%}
case
    when {{ value }} is not null then (
        cume_dist() over (
            partition by shop, as_of_date, {{ value }} is null order by {{ value }}
        )
        + 1
        - cume_dist() over (
            partition by shop, as_of_date, {{ value }} is null order by {{ value }} desc
        )
    ) / 2
end
{%- endmacro %}
