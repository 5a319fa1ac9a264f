{#
    What refuses a row because of whom it names: a key that is no customer in its source system, whatever
    table it stands in. One place, so that who is refused as a customer comes back through no other entity.
#}

{#
    All rows of a relation, each with refused_reason: why its customer is none (reason code), else NULL.

    relation: a CTE with source_system and source_customer_id.
#}
{% macro with_refused_reason(relation) -%}
select
    {{ relation }}.*,
    refused_customers.reason_code as refused_reason
from {{ relation }}
left join {{ ref('int_refused_customers') }} as refused_customers
    on
        {{ relation }}.source_system = refused_customers.source_system
        and {{ relation }}.source_customer_id = refused_customers.source_customer_id
{%- endmacro %}

{#
    The rules for the column refused_reason, as broken_rule takes them.

    keys: other keys of the row that a spreadsheet may have rounded.
#}
{% macro refused_customer_rules(keys=[]) -%}
    {%- set rules = [] -%}
    {%- for reason in ['rounded_key', 'masked_key', 'placeholder_customer', 'test_account'] -%}
        {%- set condition = "refused_reason = '" ~ reason ~ "'" -%}
        {%- if reason == 'rounded_key' and keys -%}
            {%- set condition = condition ~ ' or ' ~ is_rounded_number(keys) -%}
        {%- endif -%}
        {%- do rules.append((reason, condition)) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}
