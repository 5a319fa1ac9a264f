{#
    Validation in two steps: `broken_rule` judges a row by what it says, `told_apart` judges rows with one
    key by each other. Both know the entity's key columns beside source_system.
#}

{#
    The first rule that a row breaks, NULL where it breaks none.

    key: the key columns.
    rules: list of [reason code, condition]; every code stands in the seed `reason_codes`.
#}
{% macro broken_rule(key, rules=[]) -%}
{%- set rules = [
    ('unparseable_value', 'unparsed_values is not null'),
    ('missing_key', 'source_system is null or ' ~ key | join(' is null or ') ~ ' is null'),
] + rules -%}
case
    {%- for reason, condition in rules %}
    when {{ condition }} then '{{ reason }}'
    {%- endfor %}
end
{%- endmacro %}

{#
    Hashes of keys that rows of a relation have in common: (key_hash). Few rows have company, and to
    compare those alone takes neither the time nor the memory that it takes to compare all: smallest and
    largest texts of ten million keys are not put on the disk. Two keys that share a hash are looked at
    in vain: nothing is missed.

    relation: the rows.
    columns: the key.
    where: condition for the rows that count.
#}
{% macro repeated_keys(relation, columns, where='true') -%}
select {{ hash_of(columns) }} as key_hash
from {{ relation }}
where {{ where }}
group by key_hash
having count(*) > 1
{%- endmacro %}

{#
    All rows with why they are rejected: reason_code in place of broken_rule and content_hash (macro of that
    name). Of several rows with one key the latest that breaks no rule is kept.

    Rows are held against each other only where their key occurs more than once: to sort all of them took
    as long again as all the rest. `judged` is read three times: with many rows it is `not_held`.

    judged: a relation with the columns broken_rule and content_hash.
    key: the key columns.
    latest: expression that is highest for the version of a row to keep.
#}
{% macro told_apart(judged, key, latest='origin_file') -%}
{%- set key_columns = ['source_system'] + key -%}
with

repeated_keys as (

    {{ repeated_keys(judged, key_columns, where='broken_rule is null') | indent }}

),

alone as (

    select
        {{ all_but(['content_hash', 'broken_rule']) }},
        broken_rule as reason_code
    from {{ judged }}
    where
        broken_rule is not null
        or {{ hash_of(key_columns) }} not in (select key_hash from repeated_keys)

),

compared as (

    select
        {{ all_but(['content_hash', 'broken_rule']) }},
        case
            when content_hash <> first_value(content_hash) over versions then 'conflicting_duplicate'
            when row_number() over versions > 1 then 'duplicate_key'
        end as reason_code
    from {{ judged }}
    where
        broken_rule is null
        and {{ hash_of(key_columns) }} in (select key_hash from repeated_keys)
    window versions as (
        partition by {{ key_columns | join(', ') }}
        order by {{ latest }} desc, origin_file desc, origin_row desc, load_id desc
    )

)

select * from alone
union all
select * from compared
{%- endmacro %}
