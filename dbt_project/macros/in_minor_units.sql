{#
    An amount as it is published: in as many decimals as its currency has, none for yen and three for
    Kuwaiti dinars. One type holds them all; as varchar it is what people write, 12.50 or 13.

    amount: expression in the reporting currency.
    decimals: expression, the digits after that currency's point.
#}
{% macro in_minor_units(amount, decimals, data_type='decimal(18, 4)') -%}
case {{ decimals }}
    when 0 then cast(cast({{ amount }} as decimal(18, 0)) as {{ data_type }})
    when 3 then cast(cast({{ amount }} as decimal(18, 3)) as {{ data_type }})
    when 4 then cast(cast({{ amount }} as decimal(18, 4)) as {{ data_type }})
    else cast(cast({{ amount }} as decimal(18, 2)) as {{ data_type }})
end
{%- endmacro %}
