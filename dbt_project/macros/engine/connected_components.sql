{#
    The rows of a graph's nodes (node, label), each with the smallest label that a path leads to. Labels
    spread along the edges until none changes: as many rounds as the longest shortest path, and linear
    in edges.

    nodes: a relation with node and the label to begin with.
    edges: a relation with from_node and to_node; a path goes along an edge in both directions.
#}
{% macro connected_components(nodes, edges) %}{{ return(adapter.dispatch('connected_components', 'portrait')(nodes, edges)) }}{% endmacro %}

{% macro default__connected_components(nodes, edges) -%}
with recursive both_ways as (
    select
        from_node,
        to_node
    from {{ edges }}
    union all
    select
        to_node as from_node,
        from_node as to_node
    from {{ edges }}
),

labelled (node, label) using key (node) as (
    select
        node,
        label
    from {{ nodes }}
    union
    select
        edges.to_node,
        min(labelled.label) as label
    from labelled
    inner join both_ways as edges on labelled.node = edges.from_node
    inner join recurring.labelled as held on edges.to_node = held.node
    where labelled.label < held.label
    group by edges.to_node
)

select * from labelled
{%- endmacro %}
