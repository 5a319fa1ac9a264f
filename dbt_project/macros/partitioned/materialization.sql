{#
    Tables that are brought up to date partition by partition: those that new, changed or deleted
    rows touch are made anew, the others stay. The result is what a build of the whole table gives.

    A model says in its yml which columns its partitions go by, and for each table that it reads
    which partitions a changed row of that table touches:

        config:
          materialized: partitioned
          meta:
            partitions:
              by: [source_system, source_order_id]
              touched_by:
                input_orders: select source_system, source_order_id from {changed}
                int_refused_customers: >-
                  select source_system, source_order_id from {input_orders}
                  semi join {changed} using (source_system, source_customer_id)

    {changed} stands for the rows of that table, as they were and as they are, that differ since this
    model was last built; the name of a table in braces stands for the table. Touching too much costs
    time, touching too little would be wrong: a test over random loads compares with a full build.

    `others` stands for every table that is not named; a table whose own partitions go by the same
    columns needs no entry. `{days_after: <date column>}` stands for the query that touches every
    evaluated day after a row's date.
    `{groups_of: [<columns>]}` stands for the groups of the source keys that a row names, `{grouped_with: …}`
    for these keys with those they were linked to, and a word alone for the query that the macro of that name gives: `days_of_persons` for the evaluated
    days on which a source key is another person's.
    `lie_together_by: <column>` names one of the partition columns, never NULL, by which rows lie
    together, such as a date: a condition on it alone lets DuckDB skip whole stretches of a table.
    `notes: partitions` notes of a change only which partitions it is in, for readers that need no more.

    `sliced_by: <table>` lets a whole build that would not fit into memory be made row by row of that
    table, which has the partition columns. A partial build is made in parts where the partitions that
    it touches have too many rows. So the SQL has to be right for any of them; where it is so only for
    all that are touched, `in_one_part: true` says that.

    `by: []` is a table of one partition: it is made anew whenever a table that it reads has changed. If
    it reads none, only a source of which nothing is noted, its few rows are compared in each build.

    In the model's SQL, where_touched and and_touched keep rows of other partitions from being read.
    They are there for speed only: what is put into the table is filtered again.

    Every build takes the next number and notes it in increments.builds; rows that differ are noted
    with that number in increments.changed_<table> until every reader has seen them. So a reader
    catches up however many builds it missed, and a build that was killed has done nothing: each
    runs in one transaction.

    The whole table is built if there is none yet, if its SQL, its columns in the yml, a view or a seed
    behind it has changed, if a table that it reads was built whole or no longer notes all that has
    changed since, and with --full-refresh.
#}
{% materialization partitioned, adapter="duckdb" %}
    {%- set plan = partitioned_plan(model) -%}
    {%- set definition = local_md5(sql) -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and existing.type != 'table' %}
        {%- do adapter.drop_relation(existing) %}
    {%- endif %}
    {%- if flags.FULL_REFRESH %}
        {%- set reason = 'everything was to be made anew' %}
    {%- else %}
        {#- This statement begins the transaction that all others are in. -#}
        {%- call statement("why", fetch_result=True) %}
            {{ plan.why_whole | replace('{definition}', definition) }}
        {%- endcall %}
        {%- set reason = load_result("why").table.rows[0][0] %}
    {%- endif %}
    {%- set steps = [] %}
    {%- if reason %}
        {%- set extent = 'whole' %}
        {#- What is not built whole has the columns that it was built with. -#}
        {%- if config.get("contract").enforced %}
            {{ get_assert_columns_equivalent(sql) }}
            {%- set sql = get_select_subquery(sql) %}
        {%- endif %}
        {%- set slices = run_query(plan.slices).rows[0][0] | int if plan.slice else 0 %}
        {%- if slices %}
            {%- set columns = run_query(plan.columns | replace('{sql}', sql)).rows[0][0] %}
            {%- do steps.append(plan.empty | replace('{columns}', columns)) %}
        {%- else %}
            {%- do steps.append(plan.full | replace('{sql}', sql)) %}
        {%- endif %}
        {%- for step in plan.whole %}
            {%- do steps.append(
                step | replace('{definition}', definition) | replace('{reason}', reason)
            ) %}
        {%- endfor %}
        {%- for number in range(slices) %}
            {%- for step in plan.slice %}
                {%- do steps.append(
                    step | replace('{slice}', number) | replace('{sql}', only_touched_rows(sql))
                ) %}
            {%- endfor %}
        {%- endfor %}
    {%- else %}
        {%- set parts = run_query(
            (plan.touch + [plan.parts]) | join(';\n') | replace('{sql}', sql)
        ).rows[0][0] | int %}
        {%- set extent = 'partial' if parts else 'nothing' %}
        {%- do steps.extend(plan.partial if parts else []) %}
        {%- do steps.extend([plan.divide | replace('{parts}', parts)] if parts > 1 else []) %}
        {%- for number in range(parts) %}
            {%- for step in ([plan.one_part] if parts > 1 else []) + plan.part %}
                {%- do steps.append(
                    step | replace('{part}', number) | replace('{sql}', only_touched_rows(sql))
                ) %}
            {%- endfor %}
        {%- endfor %}
        {%- do steps.extend([plan.forget_parts] if parts > 1 else []) %}
        {%- do steps.append(plan.finish) %}
    {%- endif %}
    {#- In one statement, because each costs dbt more than a small build costs DuckDB. -#}
    {%- call statement("main") %}
        {{ steps | join(';\n') }};
        select '{{ extent }}' as built
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() %}
    {#- While another thread writes, DuckDB refuses a checkpoint. -#}
    {%- if extent == 'partial' and target.threads == 1 and run_query(plan.is_large).rows[0][0] %}
        {%- do run_query('checkpoint') %}
    {%- endif %}
    {%- do return({"relations": [this.incorporate(type="table")]}) %}
{% endmaterialization %}
