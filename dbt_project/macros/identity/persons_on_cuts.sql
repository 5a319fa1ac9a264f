{#
    Whom identifiers make of a source key on each cut: rows (source_key, cut, person_key). Where all links of a
    group would make a person who cannot be, those of the weakest kinds do not count in it; where that is
    not enough, nor do the next, and in the end none. What the user has merged is not looked at.

    components: a relation of int_identity_components' columns. impossible: one of int_impossible_persons'.
#}
{% macro persons_on_cuts(components, impossible) -%}
select
    components.source_key,
    components.cut,
    coalesce(
        arg_max(components.oldest_key, components.level)
            filter (where impossible.oldest_key is null),
        components.source_key
    ) as person_key
from {{ components }} as components
left join {{ impossible }} as impossible
    on
        components.oldest_key = impossible.oldest_key
        and components.cut = impossible.cut
        and components.level = impossible.level
group by components.source_key, components.cut
{%- endmacro %}
