{% test expression_is_true(model, expression) %}
-- A returned row means: it breaks the stated law.
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
