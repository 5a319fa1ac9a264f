{# The kinds of identifier that a source's key of a customer may be. #}
{% macro key_kinds() %}{{ return(['email', 'phone', 'card_number']) }}{% endmacro %}

{#
    An identifier as it is compared: two spellings of one have the same, and what is none is NULL.

    An e-mail address is in small letters and without blanks; of a card or a phone number stand letters,
    digits and a leading plus (00 before a country's code is one). A number without it is compared as it
    stands, because the country is not known.

    kind: a kind of seeds/identifier_kinds.csv. value: the text as the source tells it.
#}
{% macro normalised_identifier(kind, value) -%}
{%- set composed = composed_text(value) -%}
{%- if kind == 'email' -%}
case when {{ is_all('lower(trim(' ~ value ~ '))', '[^@\\s]+@[^@\\s]+\\.[^@\\s.]+') }}
    then lower(trim({{ composed }})) end
{%- elif kind == 'phone' -%}
nullif({{ replaced_pattern(replaced_pattern(value, '[^0-9+]'), '^00([1-9])', '+\\1') }}, '')
{%- elif kind == 'card_number' -%}
nullif(upper({{ replaced_pattern(composed, '[\\s.-]') }}), '')
{%- else -%}
nullif(trim({{ composed }}), '')
{%- endif -%}
{%- endmacro %}

{#
    A relation's rows with e-mail addresses as their provider delivers them: without the tag, the dots that
    say nothing, and by the provider's first name. Rows whose identifier is NULL are none.

    relation: has identifier_kind and identifier, normalised.
#}
{% macro delivered_identifiers(relation) -%}
{%- set mailbox = "split_part(split_part(" ~ relation ~ ".identifier, '@', 1), providers.tag_mark, 1)" -%}
select
    {{ relation }}.{{ all_but(['identifier']) }},
    case when providers.domain is null then {{ relation }}.identifier else
        case when providers.ignores_dots then replace({{ mailbox }}, '.', '') else {{ mailbox }} end
        || '@' || providers.canonical_domain end as identifier
from {{ relation }}
left join {{ ref('email_providers') }} as providers
    on
        {{ relation }}.identifier_kind = 'email'
        and split_part({{ relation }}.identifier, '@', 2) = providers.domain
where {{ relation }}.identifier is not null
{%- endmacro %}
