{#
    Score 1 to rfm_bins, the highest is best, of a value among those of the window `days` of the query.

    It says which share is strictly worse: score s means at least (s - 1) / bins of them. Equal values get
    equal scores, and distinct ones the usual quantiles. Where more than one bin's share ties, who has the
    best value still gets the best score, who has the worst the worst, and others that of the middle of
    their tie: that many are as good is no ground to call somebody worse. NULL for NULL, and where all
    have one value: nobody is better or worse.

    value: expression, higher is better.
#}
{% macro rfm_score(value) -%}
{%- set bins = var('rfm_bins') -%}
{%- set known = 'count(' ~ value ~ ') over days' -%}
{%- set worse = '(rank() over (days order by ' ~ value ~ ' nulls last) - 1)' -%}
{%- set up_to = 'count(' ~ value ~ ') over (days order by ' ~ value ~ ' nulls last)' -%}
cast(
    case
        when {{ value }} is null or min({{ value }}) over days = max({{ value }}) over days then null
        when
            {{ worse }} = 0
            or {{ up_to }} - {{ worse }} = 1
            or {{ bins }} * ({{ up_to }} - {{ worse }}) <= {{ known }}
            then 1 + floor({{ bins }} * {{ worse }} / {{ known }})
        when {{ up_to }} = {{ known }} then {{ bins }}
        else 1 + floor({{ bins }} * ({{ worse }} + {{ up_to }}) / 2 / {{ known }})
    end as integer
)
{%- endmacro %}
