{#
    All rows of a relation, each with is_test_account: whether its customer is one in its source system.

    relation: a CTE with source_system and source_customer_id.
#}
{% macro with_test_accounts(relation) -%}
select
    {{ relation }}.*,
    test_accounts.source_customer_id is not null as is_test_account
from {{ relation }}
left join {{ ref('int_test_accounts') }} as test_accounts
    on
        {{ relation }}.source_system = test_accounts.source_system
        and {{ relation }}.source_customer_id = test_accounts.source_customer_id
{%- endmacro %}
