{#- The columns that identify rows. A dimension is named here, in staging and in the contracts of the facts with it. -#}

{#- The columns of the consumer and the service used, as landed. -#}
{% macro attribution_columns() %}
    {{ return([
        'source_kind', 'source', 'feed', 'account_name', 'host', 'provider', 'model_id', 'project', 'project_name',
        'api_key_id', 'api_key_name', 'service', 'service_tier', 'is_batch', 'quantity_unit', 'tags', 'is_billable',
        'is_costed'
    ]) }}
{% endmacro %}

{#- The same of a cost, used or entered, with the days it is of. What an amount is known by has its columns too. -#}
{% macro cost_columns() %}
    {{ return([
        'cost_date', 'local_date', 'day_basis', 'source_kind', 'source', 'feed', 'account_name', 'host', 'provider',
        'model_id', 'project', 'project_name', 'api_key_id', 'api_key_name', 'service', 'meter', 'line_item', 'tags',
        'charge_category', 'entry_category', 'cost_kind', 'quantity_unit', 'entry_id', 'note', 'source_file', 'is_spread',
        'is_prepaid'
    ]) }}
{% endmacro %}

{#- The figures of one source for one day: the grain of the choice between sources. -#}
{% macro same_statement(left, right) %}
    {%- set equal = [] -%}
    {%- for column in ['cost_date', 'provider', 'account_name', 'source_kind', 'source'] -%}
        {%- do equal.append(left ~ '.' ~ column ~ ' = ' ~ right ~ '.' ~ column) -%}
    {%- endfor -%}
    {{- equal | join(' and ') ~ ' and ' ~ left ~ '.host is not distinct from ' ~ right ~ '.host' -}}
{% endmacro %}

{#- The columns one after another, of `relation` if one is given. -#}
{% macro listed(columns, relation=none) %}
    {%- set prefix = '' if relation is none else relation ~ '.' -%}
    {{- prefix ~ columns | join(', ' ~ prefix) -}}
{% endmacro %}

{#- A text that is equal where all the columns, and `more`, are equal, null with null. -#}
{% macro key_of(columns, relation=none, more=[]) %}
    {%- set prefix = '' if relation is none else relation ~ '.' -%}
    {{- 'md5(to_json([' ~ prefix ~ (columns + more) | join('::varchar, ' ~ prefix) ~ '::varchar])::varchar)' -}}
{% endmacro %}

{#- What decides a price, apart from the moment and the size of a request. -#}
{% macro use_id() %}
    {{- key_of(['provider', 'model_raw', 'service_tier', 'speed', 'inference_geo', 'coalesce(is_batch, false)']) -}}
{% endmacro %}
