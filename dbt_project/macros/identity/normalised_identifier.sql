{# The kinds of identifier that a source's key of a customer may be. #}
{% macro key_kinds() %}{{ return(['email', 'phone', 'card_number']) }}{% endmacro %}

{# The kinds that are numbers, which a spreadsheet may have rounded. #}
{% macro number_kinds() %}{{ return(['phone', 'card_number']) }}{% endmacro %}

{# A number that identifies, as it is told: without signs that nobody sees and the `.0` of a spreadsheet. #}
{% macro told_number(value) %}{{ return(numeric_key(composed_text(plain_key(value)))) }}{% endmacro %}

{# Whether a spreadsheet has rounded a number of a customer: 4.91709E+11 is what it makes of a million numbers. #}
{% macro is_rounded_identifier(value) %}{{ return(is_rounded_number([told_number(value)])) }}{% endmacro %}

{#
    An identifier as it is compared: two spellings of one have the same, and what is none is NULL.

    Signs that nobody sees do not count, and wide letters and digits are plain ones. An e-mail address is
    in small letters and without blanks, and of `Ann Lee <ann@post.example>` the address; of a card or a
    phone number stand letters, digits and a leading plus (00 before a country's code is one; after it a
    zero in brackets is not dialled), and none of one that a spreadsheet has rounded: 4.91709E+11.
    identifiers_in_full adds the country's code to others.

    Of an address stand small letters and digits, and the words of the var address_abbreviations in short; of a household's
    number all as it is.

    kind: a kind of seeds/identifier_kinds.csv. value: the text as the source tells it.
#}
{% macro normalised_identifier(kind, value) -%}
{%- set composed = composed_text(plain_key(value)) -%}
{%- if kind == 'email' -%}
{%- set address = email_key(composed) -%}
case when {{ is_all(address, '[^@\\s]+@[^@\\s]+\\.[^@\\s.]+') }} then {{ address }} end
{%- elif kind in number_kinds() -%}
{%- set number = told_number(value) -%}
{%- set dialled = replaced_pattern(number, '^([^(]*\\+[^(]*)\\(0\\)', '\\1') -%}
case when not ({{ is_rounded_identifier(value) }}) then nullif(
    {% if kind == 'phone' -%}
    {{ replaced_pattern(replaced_pattern(dialled, '[^0-9+]'), '^00([1-9])', '+\\1') }}
    {%- else -%}
    upper({{ replaced_pattern(number, '[\\s.-]') }})
    {%- endif %}, ''
) end
{%- elif kind == 'address' -%}
{%- set ns = namespace(text=replaced_pattern('lower(' ~ composed ~ ')', '[^\\p{L}\\p{N}]+', ' ')) -%}
{%- for word in var('address_abbreviations') -%}
    {%- set ns.text = replaced_pattern(ns.text, word[0] ~ '\\b', word[1]) -%}
{%- endfor -%}
nullif(replace({{ ns.text }}, ' ', ''), '')
{%- else -%}
nullif(trim({{ composed_text(value) }}), '')
{%- endif -%}
{%- endmacro %}

{#
    What a customer tells of one kind, as text: an address is one with its postal code, or at least the city,
    since every town has the same streets; two sources number households each for themselves.

    Reads columns of int_customers.
#}
{% macro told_identifier(kind) -%}
{%- if kind == 'address' -%}
coalesce(postal_code, city) || ' ' || address
{%- elif kind == 'household_id' -%}
source_system || ':' || trim(household_id)
{%- else -%}
cast({{ kind }} as varchar)
{%- endif -%}
{%- endmacro %}

{#
    A relation's rows with e-mail addresses as their provider delivers them: without the tag, the dots that
    say nothing, and by the provider's first name; and phone numbers with their country's code (E.164).
    Rows whose identifier is NULL are none.

    relation: has identifier_kind and identifier, normalised, and country, ISO 3166-1 alpha-2 or NULL.
#}
{% macro identifiers_in_full(relation) -%}
{%- set mailbox = "split_part(split_part(" ~ relation ~ ".identifier, '@', 1), providers.tag_mark, 1)" -%}
select
    {{ relation }}.{{ all_but(['identifier', 'country']) }},
    case
        when providers.domain is not null then
            case when providers.ignores_dots then replace({{ mailbox }}, '.', '') else {{ mailbox }} end
            || '@' || providers.canonical_domain
        when countries.country is not null then {{ with_calling_code(relation ~ '.identifier') }}
        else {{ relation }}.identifier
    end as identifier
from {{ relation }}
left join {{ ref('email_providers') }} as providers
    on
        {{ relation }}.identifier_kind = 'email'
        and split_part({{ relation }}.identifier, '@', 2) = providers.domain
left join {{ ref('phone_countries') }} as countries
    on
        {{ relation }}.identifier_kind = 'phone'
        and {{ relation }}.country = countries.country
where {{ relation }}.identifier is not null
{%- endmacro %}

{#
    A phone number as it is dialled from anywhere: what stands after the prefix for other countries, or the
    country's code and the number without the prefix for other places. Of digits that could be either, those
    are a number with the country's code of which the plus was lost whose rest has the length of a mobile
    number, and that have not themselves. What is no number of the country stays as it is.

    Reads the relation countries, a row of seeds/phone_countries.csv.
#}
{% macro with_calling_code(number) -%}
{%- set lengths = 'between countries.shortest and countries.longest' -%}
{%- set mobile = 'between countries.shortest_mobile and countries.longest_mobile' -%}
case
    when {{ number }} like '+%' or {{ is_one_sign(number) }} then {{ number }}
    when starts_with({{ number }}, countries.international_prefix)
        and length({{ number }}) > length(countries.international_prefix) + 8
        then '+' || substr({{ number }}, length(countries.international_prefix) + 1)
    when starts_with({{ number }}, countries.trunk_prefix)
        and length({{ number }}) - length(countries.trunk_prefix) {{ lengths }}
        then '+' || countries.calling_code
            || substr({{ number }}, length(countries.trunk_prefix) + 1)
    when starts_with({{ number }}, countries.calling_code)
        and length({{ number }}) - length(countries.calling_code) {{ mobile }}
        and length({{ number }}) not {{ mobile }}
        then '+' || {{ number }}
    when length({{ number }}) {{ lengths }} then '+' || countries.calling_code || {{ number }}
    else {{ number }}
end
{%- endmacro %}

{# Whether a text is one sign all along, as zeros, after a plus or not: what people type who tell nothing. #}
{% macro is_one_sign(text) -%}
replace(ltrim({{ text }}, '+'), right({{ text }}, 1), '') = ''
{%- endmacro %}
