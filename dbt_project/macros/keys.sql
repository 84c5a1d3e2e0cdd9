{#- A text that is equal where all the columns are equal, null with null. -#}
{% macro key_of(columns) %}
    {%- set texts = [] -%}
    {%- for column in columns -%}{%- do texts.append(column ~ '::varchar') -%}{%- endfor -%}
    {{- 'md5(to_json([' ~ texts | join(', ') ~ '])::varchar)' -}}
{% endmacro %}

{#- What decides a price, apart from the moment and the size of a request. -#}
{% macro use_id() %}
    {{- key_of(['provider', 'model_raw', 'service_tier', 'speed', 'inference_geo', 'coalesce(is_batch, false)']) -}}
{% endmacro %}

{#- The columns that say whose use it was and of what, as landed and resolved; hours have but some of them. -#}
{% macro attribution_columns() %}
    {{ return([
        'source_kind', 'source', 'feed', 'account_name', 'host', 'provider', 'model_id', 'project', 'project_name',
        'api_key_id', 'api_key_name', 'service', 'service_tier', 'is_batch', 'quantity_unit', 'tags', 'is_billable',
        'is_costed'
    ]) }}
{% endmacro %}
