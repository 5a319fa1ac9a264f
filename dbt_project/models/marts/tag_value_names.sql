{#- The labels come from dbt's graph, not from tables; the tag models are named for the lineage. -#}
{%- for model_name in tag_models() %}
-- depends_on: {{ ref(model_name) }}
{%- endfor %}
{%- set weekdays = {
    'Monday': '星期一', 'Tuesday': '星期二', 'Wednesday': '星期三', 'Thursday': '星期四',
    'Friday': '星期五', 'Saturday': '星期六', 'Sunday': '星期日',
} %}

with

names as (
    {% for name_en, name_zh in weekdays.items() %}
    select
        'weekday' as tag_key,
        '{{ loop.index }}' as tag_value,
        '{{ name_en }}' as name_en,
        '{{ name_zh }}' as name_zh
    union all
    {%- endfor %}
    {%- for tag in tag_columns() %}
    {%- for label in (tag.entry.labels or []) + (tag.entry.bands or []) if label.label_zh %}
    select
        '{{ tag.column }}' as tag_key,
        {{ text_literal(label.label) }} as tag_value,
        {{ text_literal(label.label) }} as name_en,
        {{ text_literal(label.label_zh) }} as name_zh
    union all
    {%- endfor %}
    {%- endfor %}
    {%- for hour in range(24) %}
    select
        'hour' as tag_key,
        '{{ hour }}' as tag_value,
        '{{ hour }} h' as name_en,
        '{{ hour }}时' as name_zh
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from names
