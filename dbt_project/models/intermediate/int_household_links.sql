-- What makes a household, and links that would make one person of two who cannot be: a family's
-- card or telephone.
with

links as (

    select * from {{ ref('int_identity_links') }}
    where
        (refused_because is null or refused_because = 'makes_a_household')
        -- Who was found to be like another shares nothing with them.
        and identifier_kind <> 'found'
        {{ and_touched('int_identity_links') }}

),

persons as (

    select * from {{ ref('int_identities') }}
    where
        source_key in (
            select links.first_source_key from links
            union
            select links.source_key from links
        )

),

shared as (

    select
        links.shop,
        links.identifier_kind,
        links.identifier,
        links.source_key,
        firsts.customer_id,
        others.customer_id as other_customer_id,
        greatest(links.linked_from, firsts.known_from, others.known_from) as known_from,
        least(links.linked_until, firsts.known_until, others.known_until) as known_until
    from links
    inner join persons as firsts on links.first_source_key = firsts.source_key
    inner join persons as others on links.source_key = others.source_key
    where firsts.customer_id <> others.customer_id

),

lasting as (

    select * from shared
    where known_from < known_until

)

select * from lasting
