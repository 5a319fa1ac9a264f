{#
    Why a row is rejected: the first rule that holds, NULL for a row that is accepted. The relation has
    the column content_hash (macro of that name) beside the entity's own.

    key: the entity's key columns beside source_system.
    rules: list of [reason code, condition]; every code stands in the seed `reason_codes`.
    latest: expression that is highest for the version of a row to keep.
#}
{% macro reason_code(key, rules=[], latest='origin_file') -%}
{%- set rules = [
    ('unparseable_value', 'unparsed_values is not null'),
    ('missing_key', 'source_system is null or ' ~ key | join(' is null or ') ~ ' is null'),
] + rules -%}
{#- Of several rows with one key the latest that no rule rejects is kept. -#}
{%- set versions -%}
over (
        partition by
            source_system, {{ key | join(', ') }},
            coalesce(
                {%- for reason, condition in rules %}
                ({{ condition }}){{ ' or' if not loop.last }}
                {%- endfor %}, false
            )
        order by {{ latest }} desc, origin_file desc, origin_row desc, load_id desc
    )
{%- endset -%}
case
    {%- for reason, condition in rules %}
    when {{ condition }} then '{{ reason }}'
    {%- endfor %}
    when content_hash <> first_value(content_hash) {{ versions }} then 'conflicting_duplicate'
    when row_number() {{ versions }} > 1 then 'duplicate_key'
end
{%- endmacro %}
