{# The groups of the source keys that a row names in these columns. #}
{% macro groups_of(columns) -%}
select group_key from {int_identity_groups}
where source_key in (select unnest([{{ columns | join(', ') }}]) from {changed})
{%- endmacro %}

{# The source keys that a row names in these columns, and all that links connected them with. #}
{% macro grouped_with(columns) -%}
{%- set named = 'select unnest([' ~ columns | join(', ') ~ ']) as source_key from {changed}' -%}
select source_key from (
    {{ named }}
    union
    select source_key from {int_identity_groups}
    where group_key in (
        select group_key from {int_identity_groups}
        where source_key in (select source_key from ({{ named }}))
    )
)
{%- endmacro %}

{#
    The evaluated days on which some source key is another person's than before, or known since another day.
    Of a day that a key's old and new row are both about there are two; where it is the same person's they agree.
#}
{% macro days_of_persons() -%}
select distinct shop, as_of_date from (
    select changed.shop, changed.source_key, as_of_dates.as_of_date
    from {changed}
    inner join {as_of_dates} as as_of_dates
        on changed.shop = as_of_dates.shop
        and changed.known_from < as_of_dates.as_of_date
        and changed.known_until >= as_of_dates.as_of_date
    group by all
    having count(*) % 2 = 1 or count(distinct changed.customer_id) > 1
        or count(distinct coalesce(changed.first_known_date, changed.known_from)) > 1
) as reassigned
{%- endmacro %}
