{#
    Natural logarithm of the hypergeometric probability: that of a sample drawn without replacement
    just so many have a trait.

    having: how many of the sample have it.
    sample_size, trait_size, all_size: the sample, those of all who have it, and all.
#}
{% macro ln_hypergeometric(having, sample_size, trait_size, all_size) -%}
(
    {{ ln_choose(trait_size, having) }}
    + {{ ln_choose(all_size ~ ' - ' ~ trait_size, sample_size ~ ' - ' ~ having) }}
    - {{ ln_choose(all_size, sample_size) }}
)
{%- endmacro %}

{# Natural logarithm of the number of ways to choose so many of a set. #}
{% macro ln_choose(set_size, chosen) -%}
(
    {{ ln_factorial('(' ~ set_size ~ ')') }} - {{ ln_factorial('(' ~ chosen ~ ')') }}
    - {{ ln_factorial('(' ~ set_size ~ ' - (' ~ chosen ~ '))') }}
)
{%- endmacro %}
