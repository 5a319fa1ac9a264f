"""What others have set on a schema and its tables, asked of the catalogue of PostgreSQL.

Each query that makes statements gives them as one column of text, with names and values quoted by
the server itself.
"""

GRANTS_ON_SCHEMA = """
    select format(
        'grant %%s on schema %%I to %%s%%s', privilege_type, %(loading)s::text,
        case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
        case when is_grantable then ' with grant option' else '' end
    )
    from pg_namespace, aclexplode(nspacl)
    where nspname = %(schema)s and grantee <> nspowner
"""
"""Statements that give the schema `loading` the grants of `schema`."""

GRANTS_ON_TABLES = """
    with
    tables as (
        select relations.oid, relname, nspname, relowner, relacl
        from pg_class as relations
        join pg_namespace as schemas on schemas.oid = relnamespace
        where relkind = 'r' and nspname in (%(schema)s, %(loading)s)
    ),
    given as (
        select
            nspname, relname, privilege_type, is_grantable,
            case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role
        from tables, aclexplode(relacl)
        where grantee <> relowner
    ),
    given_on_columns as (
        select
            nspname, relname, attname, privilege_type, is_grantable,
            case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role
        from tables join pg_attribute on attrelid = tables.oid, aclexplode(attacl)
        where grantee <> relowner and not attisdropped
    ),
    kept as (
        select new.relname, privilege_type, is_grantable, role
        from given join tables as new using (relname)
        where given.nspname = %(schema)s and new.nspname = %(loading)s
    ),
    -- Who was given every table is given those that are new.
    given_everywhere as (
        select privilege_type, bool_and(is_grantable) as is_grantable, role
        from given
        where nspname = %(schema)s
        group by privilege_type, role
        having count(*) = (select count(*) from tables where nspname = %(schema)s)
    ),
    added as (
        select relname, privilege_type, is_grantable, role
        from tables, given_everywhere
        where nspname = %(loading)s
            and relname not in (select relname from tables where nspname = %(schema)s)
    ),
    statements as (
        -- Default privileges may have given more than the old table did.
        select 1 as turn, format(
            'revoke all on table %%I.%%I from %%s', nspname, relname, role
        ) as statement
        from given
        where nspname = %(loading)s
            and relname in (select relname from tables where nspname = %(schema)s)
        union
        select 2, format(
            'grant %%s on table %%I.%%I to %%s%%s', privilege_type,
            %(loading)s::text, relname, role,
            case when is_grantable then ' with grant option' else '' end
        )
        from (select * from kept union all select * from added) as granted
        union
        select 2, format(
            'grant %%s (%%I) on table %%I.%%I to %%s%%s', privilege_type, columns.attname,
            %(loading)s::text, relname, role,
            case when is_grantable then ' with grant option' else '' end
        )
        from given_on_columns
        join tables as new using (relname)
        join pg_attribute as columns on columns.attrelid = new.oid and not columns.attisdropped
        where given_on_columns.nspname = %(schema)s and new.nspname = %(loading)s
            and columns.attname = given_on_columns.attname
    )
    select statement from statements order by turn, statement
"""
"""Statements that give each table of `loading` the grants of its namesake in `schema`."""

_DEPENDENTS = """
    pg_depend
    join pg_class as tables on refclassid = 'pg_class'::regclass and tables.oid = refobjid
    join pg_namespace as schemas on schemas.oid = tables.relnamespace
        and schemas.nspname = %(schema)s and tables.relkind = 'r'
    left join pg_rewrite as rules on classid = 'pg_rewrite'::regclass and rules.oid = objid
    left join pg_class as views on views.oid = rules.ev_class
"""

VIEWS = f"""
    select distinct
        views.oid,
        format('%%s.%%I', views.relnamespace::regnamespace, views.relname),
        format(
            'create or replace view %%s.%%I %%s as %%s',
            views.relnamespace::regnamespace, views.relname,
            'with (' || array_to_string(views.reloptions, ', ') || ')',
            pg_get_viewdef(views.oid)
        )
    from {_DEPENDENTS}
    where views.relkind = 'v' and views.relnamespace <> schemas.oid
    order by views.oid
"""
"""Views of other schemas on the tables: their names, and statements that make them anew."""

IN_THE_WAY = f"""
    select pg_describe_object(classid, objid, 0)
    from {_DEPENDENTS}
    where classid in (
        'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass
    )
        or classid = 'pg_trigger'::regclass
            and not (select tgisinternal from pg_trigger where oid = objid)
        or classid = 'pg_constraint'::regclass
            and (select contype from pg_constraint where oid = objid) = 'f'
        or views.relkind <> 'v' or views.relnamespace = schemas.oid
    union
    select pg_describe_object('pg_class'::regclass, oid, 0)
    from pg_class
    where relnamespace = to_regnamespace(quote_ident(%(schema)s))
        and relkind in ('r', 'v', 'm', 'f', 'p', 'S')
        and not (relkind = 'r' and relname = any(%(ours)s))
    union
    select pg_describe_object('pg_proc'::regclass, oid, 0)
    from pg_proc
    where pronamespace = to_regnamespace(quote_ident(%(schema)s))
    order by 1
"""
"""What somebody has added that would be lost, or would go on reading the old tables."""
