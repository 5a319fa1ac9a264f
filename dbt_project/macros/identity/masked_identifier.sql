{#
    An identifier that somebody who knows it recognises: the first letter and the domain of an e-mail
    address, the last digits of a number. That of a rule is its name.

    kind, value: columns with the kind of seeds/identifier_kinds.csv and the identifier.
#}
{% macro masked_identifier(kind, value) -%}
case {{ kind }}
    when 'rule' then {{ value }}
    when 'email' then left({{ value }}, 1) || '***@' || split_part({{ value }}, '@', 2)
    else '***' || right({{ value }}, 3)
end
{%- endmacro %}
