{#- Meters in SQL: every model that names each of them loops here, so that a new one needs no edit in any model. -#}

{#- The meters of the registry (pipelines/domain/meters.py), as a build is handed them, in the order of the landed
    columns. Left out are those that another one already counts. Empty while dbt parses. -#}
{% macro meters() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(
            'select meter, family, unit, is_token, is_input, is_fractional from landing.meters '
            ~ 'where part_of is null order by position'
        ).rows -%}
        {%- for row in rows -%}
            {%- set family = row['family'] -%}
            {%- do found.append({
                'name': row['meter'],
                'unit': row['unit'] | lower,
                'type': 'decimal(38, 12)' if row['is_fractional'] else 'bigint',
                'is_fractional': row['is_fractional'],
                'is_token': row['is_token'],
                'is_input': row['is_input'],
                'is_uncached': row['is_token'] and family in ('input', 'cache_write'),
                'is_cached': row['is_token'] and family == 'cache_read',
                'is_output': row['is_token'] and family == 'output',
                'is_cache': family in ('cache_read', 'cache_write'),
                'is_tool': family == 'tool',
                'is_media': family == 'media',
                'can_have_price': family != 'unsplit',
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{#- `template` once for each meter: {meter} is its name, {type} the type of its sums, {unit} what it counts in, {bit} a
    separate power of two. `only` names a property that a meter must have, such as is_token. -#}
{% macro meter_columns(template, only=none, separator=', ') %}
    {%- set rendered = [] -%}
    {%- for meter in meters() -%}
        {%- if only is none or meter[only] -%}
            {%- do rendered.append(
                template
                | replace('{meter}', meter.name)
                | replace('{type}', meter.type)
                | replace('{unit}', meter.unit)
                | replace('{bit}', (2 ** loop.index0) | string)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ rendered | join(separator) }}
{% endmacro %}

{#- The sum of the meters that have the property `only`; a meter that a row does not have adds nothing. -#}
{% macro meter_total(only, relation=none) %}
    {%- set prefix = '' if relation is none else relation ~ '.' -%}
    {{- '(' ~ meter_columns('coalesce(' ~ prefix ~ '{meter}, 0)', only, ' + ') ~ ')' -}}
{% endmacro %}

{#- What the meters with the property `only` cost together, each at its price; one without a price adds nothing. The
    full and the fractional part of a count apart, so that no digit is lost and no product of a large count overflows. -#}
{% macro meter_costs(sums, prices, only=none) %}
    {%- set products = [] -%}
    {%- for meter in meters() if only is none or meter[only] -%}
        {%- set units, price = sums ~ '.' ~ meter.name, prices ~ '.' ~ meter.name ~ '_price' -%}
        {%- if not meter.is_fractional -%}
            {%- do products.append('coalesce(' ~ units ~ ' * ' ~ price ~ ', 0)') -%}
        {%- else -%}
            {%- do products.append(
                'coalesce(trunc(' ~ units ~ ') * ' ~ price ~ ' + ((' ~ units ~ ' - trunc(' ~ units
                ~ '))::decimal(12, 12) * ' ~ price ~ ')::decimal(38, 18), 0)'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- '(' ~ products | join(' + ') ~ ')' -}}
{% endmacro %}

{#- The meters that the contract of this model has a column for; in a unit test, which has no contract, all tokens. -#}
{% macro contract_meters(template) %}
    {%- set rendered = [] -%}
    {%- for meter in meters() if (meter.name in model.columns if model.columns else meter.is_token) -%}
        {%- do rendered.append(template | replace('{meter}', meter.name)) -%}
    {%- endfor -%}
    {{ rendered | join(', ') }}
{% endmacro %}
