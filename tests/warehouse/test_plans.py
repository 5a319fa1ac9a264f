"""What the plan of a partitioned table takes into account."""

from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import compile_inline
from orchestration.warehouse.plain_project import PlainProject

# Whether the definition of a table is another where its columns are declared otherwise.
SAME_DEFINITION = """
{%- for node in graph.nodes.values() if node.name == 'as_of_dates' -%}
    {{ definition_of(node, '') == definition_of(dict(node, columns={}), '') }}
{%- endfor -%}
"""


def test_what_is_noted_is_kept_for_readers_behind_views(plain: PlainProject) -> None:
    plans = {statement.relation: statement.plan for statement in plain.built}
    plan = plans["intermediate.int_orders_validated"]
    assert plan
    assert "('int_order_totals')" in plan.partial[0]


def test_a_table_whose_columns_are_declared_otherwise_is_another(project: Project) -> None:
    assert compile_inline(project, SAME_DEFINITION).strip() == "False"
