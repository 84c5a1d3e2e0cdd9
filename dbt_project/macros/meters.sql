{#- Meters in SQL: every model that names each of them loops here, so that a new one needs no edit in any model. -#}

{#- The meters, in the order of the landed columns. -#}
{% macro meters() %}
    {%- set found = [] -%}
    {%- for name, family in [
        ('input_uncached_tokens', 'input'),
        ('cache_read_tokens', 'cache_read'),
        ('cache_write_5m_tokens', 'cache_write'),
        ('cache_write_1h_tokens', 'cache_write'),
        ('cache_write_other_tokens', 'cache_write'),
        ('output_tokens', 'output'),
        ('unsplit_tokens', 'unsplit'),
        ('web_search_requests', 'tool'),
    ] -%}
        {%- do found.append({
            'name': name,
            'family': family,
            'type': 'bigint',
            'is_token': name.endswith('_tokens'),
            'is_input': family in ('input', 'cache_read', 'cache_write'),
            'needs_price': true,
            'can_have_price': family != 'unsplit',
            'is_uncached': family in ('input', 'cache_write'),
            'is_cached': family == 'cache_read',
            'is_output': family == 'output',
            'is_cache': family in ('cache_read', 'cache_write'),
            'is_tool': family == 'tool',
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- `template` once for each meter: {meter} is its name, {type} the type of its sums, {bit} a power of two of its own.
    `only` names the property that a meter must have: is_token, is_input, is_cache, is_tool, needs_price
    or can_have_price. -#}
{% macro meter_columns(template, only=none, separator=', ') %}
    {%- set rendered = [] -%}
    {%- for meter in meters() -%}
        {%- if only is none or meter[only] -%}
            {%- do rendered.append(
                template
                | replace('{meter}', meter.name)
                | replace('{type}', meter.type)
                | replace('{bit}', (2 ** loop.index0) | string)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ rendered | join(separator) }}
{% endmacro %}

{#- The sum of the meters of `relation` that have the property `only`; a meter that a row does not have adds nothing. -#}
{% macro meter_total(only, relation) %}
    {{- '(' ~ meter_columns('coalesce(' ~ relation ~ '.{meter}, 0)', only, ' + ') ~ ')' -}}
{% endmacro %}

{#- What the meters with the property `only` cost together, each at its price; one without a price adds nothing. The whole
    and the fractional part of a count apart, so that no digit is lost and no product of a large count overflows. -#}
{% macro meter_costs(sums, prices, only) %}
    {%- set products = [] -%}
    {%- for meter in meters() if meter[only] -%}
        {%- set units, price = sums ~ '.' ~ meter.name, prices ~ '.' ~ meter.name ~ '_price' -%}
        {%- if meter.type == 'bigint' -%}
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

{#- The meters that the contract of this model has a column for. -#}
{% macro contract_meters(template) %}
    {%- set rendered = [] -%}
    {%- for meter in meters() if meter.name in model.columns -%}
        {%- do rendered.append(template | replace('{meter}', meter.name)) -%}
    {%- endfor -%}
    {{ rendered | join(', ') }}
{% endmacro %}
