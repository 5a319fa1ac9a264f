{#-
    How each partitioned table is brought up to date, as JSON: {setup, plans: {model: plan}}, each plan
    as the macro partitioned_plan returns it. `dbt compile` writes it to target/compiled/.
-#}
{%- set plans = {} -%}
{%- for node in graph.nodes.values() if execute and node.config.materialized == 'partitioned' -%}
    {%- do plans.update({node.name: partitioned_plan(node)}) -%}
{%- endfor -%}
{{ tojson({'setup': create_record_of_builds(), 'plans': plans}) }}
