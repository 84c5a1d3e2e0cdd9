{#- The type of amounts and quantities: twelve digits after the point. -#}
{% macro amount(expression) %}
    {{- '(' ~ expression ~ ')::decimal(38, 12)' -}}
{% endmacro %}
