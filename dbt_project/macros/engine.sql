{#- What is written differently by each engine, here for DuckDB. Whoever moves the project to another one rewrites these
    first; engine.yml describes each macro. -#}

{% macro month_of(day) -%}
    date_trunc('month', {{ day }})::date
{%- endmacro %}

{% macro months(count) -%}
    to_months({{ count }})
{%- endmacro %}

{% macro tag_pairs(tags) -%}
list_transform(
    map_entries(from_json({{ tags }}, '"MAP(VARCHAR, VARCHAR)"')), lambda entry: entry.key || '=' || entry.value
)
{%- endmacro %}

{% macro row_key(columns) -%}
    to_json([{{ columns | join(', ') }}])::varchar
{%- endmacro %}

{% macro row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro whole_units(amount) -%}
    ({{ amount }} * 1000000000000)::hugeint
{%- endmacro %}

{% macro amount_of_units(units) -%}
    (({{ units }})::decimal(38, 0) * 0.000000000001)
{%- endmacro %}

{% macro round_half_even(amount) -%}
    round_even({{ amount }}, 12)::decimal(38, 12)
{%- endmacro %}

{% macro person_of(tags) -%}
    coalesce({{ tags }} ->> '$.user_id', {{ tags }} ->> '$.user_email', {{ tags }} ->> '$.user')
{%- endmacro %}
