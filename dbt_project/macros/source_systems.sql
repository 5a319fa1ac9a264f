{#
    The source systems that the var `sources` declares: a list of {name, shop, entities, customer_key, country}.
    One of which only the entities are told is a shop of its own. customer_key says that the source's key
    of a customer is an identifier: email, phone or card_number. country is where phone numbers that
    tell none are dialled.

    Raises a compiler error where an entry has neither form, or names an entity or a key that the inputs
    contract does not know.
#}
{% macro source_systems() %}
    {% set systems = [] %}
    {% for name, told in var('sources').items() %}
        {% set entry = told if told is mapping else {'shop': name, 'entities': told} %}
        {% set unknown = entry | reject('in', ['shop', 'entities', 'customer_key', 'country']) | list %}
        {% set entities = entry.get('entities') %}
        {% if unknown or not entry.get('shop') or entities is string or entities is not sequence %}
            {% do exceptions.raise_compiler_error(
                'dbt_project.yml, var sources, ' ~ name ~ ': write [entity, entity], or '
                ~ '{shop: name, entities: [entity, entity]}'
            ) %}
        {% endif %}
        {% if not modules.re.match('^[a-z][a-z0-9_]*$', entry.shop | string) %}
            {% do exceptions.raise_compiler_error(
                'dbt_project.yml, var sources, ' ~ name ~ ': the shop ' ~ entry.shop
                ~ ' has a name of other than lower case letters, digits and underscores'
            ) %}
        {% endif %}
        {% if entry.get('customer_key', key_kinds()[0]) not in key_kinds() %}
            {% do exceptions.raise_compiler_error(
                'dbt_project.yml, var sources, ' ~ name ~ ': the customer_key is one of '
                ~ key_kinds() | join(', ') ~ ', not ' ~ entry.customer_key
            ) %}
        {% endif %}
        {% if not modules.re.match('^[A-Z]{2}$', entry.get('country', 'DE') | string) %}
            {% do exceptions.raise_compiler_error(
                'dbt_project.yml, var sources, ' ~ name ~ ': the country ' ~ entry.country
                ~ ' is no code of two capitals like DE (NO, Norway, stands in quotes)'
            ) %}
        {% endif %}
        {% for entity in entities if entity not in entity_keys() %}
            {% do exceptions.raise_compiler_error(
                'dbt_project.yml, var sources, ' ~ name ~ ': there is no entity ' ~ entity
                ~ ', only ' ~ entity_keys() | join(', ')
            ) %}
        {% endfor %}
        {% do systems.append({
            'name': name, 'shop': entry.shop | string, 'entities': entities,
            'customer_key': entry.get('customer_key'), 'country': entry.get('country'),
        }) %}
    {% endfor %}
    {{ return(systems) }}
{% endmacro %}
