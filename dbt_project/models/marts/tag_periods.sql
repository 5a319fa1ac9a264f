with

tag_changes as (

    select * from {{ ref('tag_changes') }}
    {{ where_touched('tag_changes') }}

),

periods as (

    {{ periods_of('tag_changes') | indent }}

)

select * from periods
