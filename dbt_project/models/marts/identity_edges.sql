with

persons as (

    {{ persons_today() | indent }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

found_links as (

    select * from {{ ref('int_found_links') }}

),

seen as (

    select
        persons.shop,
        persons.customer_id,
        others.customer_id as other_customer_id,
        persons.as_of_date,
        links.identifier_kind,
        coalesce(
            found_links.agreed_fields,
            {{ masked_identifier('links.identifier_kind', 'links.identifier') }}
        ) as masked_identifier,
        persons.source_system,
        persons.source_customer_id,
        others.source_system as other_source_system,
        others.source_customer_id as other_source_customer_id,
        row_number() over (
            partition by links.identifier_kind, links.first_source_key, links.source_key
            order by links.identifier
        ) as identifier_number,
        -- Those that were seen before as_of_date, and the one that was first.
        1 + count(*) over (partition by links.shop, links.identifier_kind, links.identifier)
            as key_count,
        found_links.match_probability,
        nullif(links.linked_from, {{ always() }}) as first_seen_date,
        links.last_seen_date,
        case
            when links.refused_because is not null then links.refused_because
            when links.linked_until < persons.as_of_date then 'shared_by_too_many'
            when persons.customer_id <> others.customer_id then 'contradicting_traits'
        end as not_linked_because
    from links
    inner join persons on links.first_source_key = persons.source_key
    inner join persons as others on links.source_key = others.source_key
    left join found_links
        on links.identifier_kind = 'found' and links.identifier = found_links.identifier
    where links.linked_from < persons.as_of_date

),

described as (

    select
        *,
        not_linked_because is null as is_linked
    from seen

)

select * from described
