{% test expression_is_true(model, expression) %}
-- A returned row means: it violates the given expression.
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
