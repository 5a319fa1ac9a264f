{#
    What customers did themselves with what is recommended to be bought again: purchase_day_count,
    days_since_last_purchase and days_between_purchases (NULL where all was on one day), a row a customer and
    thing that they have bought.

    recommended: a relation of what is recommended (customer_id, as_of_date, slot).
    interactions: a relation of purchases (customer_id, as_of_date, age_days).
    thing: the column of both that names what is recommended.
#}
{% macro own_purchases(recommended, interactions, thing) -%}
select
    customer_id,
    {{ thing }},
    count(*) as purchase_day_count,
    cast(min(days_ago) as integer) as days_since_last_purchase,
    cast(
        case when count(*) > 1 then (max(days_ago) - min(days_ago)) / (count(*) - 1) end as double
    ) as days_between_purchases
from (
    select distinct
        recommended.customer_id,
        recommended.{{ thing }},
        ceil(interactions.age_days) as days_ago
    from {{ recommended }} as recommended
    inner join {{ interactions }} as interactions
        on
            recommended.customer_id = interactions.customer_id
            and recommended.{{ thing }} = interactions.{{ thing }}
            and recommended.as_of_date = interactions.as_of_date
    where recommended.slot = 'buy_again'
) as purchase_days
group by customer_id, {{ thing }}
{%- endmacro %}

{#
    The key of the seed recommendation_reasons: of what was bought before, how often it was.

    own: a row of own_purchases, all NULL where there is none.
    reason: what the method says.
#}
{% macro reason_kind(own, reason) -%}
case
    when {{ own }}.purchase_day_count = 1 then 'bought_once'
    when {{ own }}.purchase_day_count = 2 then 'bought_twice'
    when {{ own }}.purchase_day_count > 2 then 'bought_regularly'
    else {{ reason }}
end
{%- endmacro %}

{#
    The columns reason and reason_zh: the words of the seed, filled in.

    described: a relation with the columns of own_purchases and reason_count.
    reasons: the row of the seed recommendation_reasons.
    because: what people call the thing that speaks for the recommendation, as SQL text.
#}
{% macro reasons_in_words(described, reasons, because) -%}
{%- for suffix, nouns in {
    '': {'day': ['day', 'days'], 'customer': ['customer', 'customers']},
    '_zh': {'day': ['天', '天'], 'customer': ['位顾客', '位顾客']},
}.items() %}
{{ filled_in(reasons ~ '.words' ~ suffix, {
    'days': counted(described ~ '.days_since_last_purchase', nouns.day[0], nouns.day[1]),
    'gap': counted(
        'cast(round(' ~ described ~ '.days_between_purchases) as bigint)', nouns.day[0], nouns.day[1]
    ),
    'count': 'cast(' ~ described ~ '.purchase_day_count as varchar)',
    'customers': counted(described ~ '.reason_count', nouns.customer[0], nouns.customer[1]),
    'product': because,
}) }} as reason{{ suffix }}{{ ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}
