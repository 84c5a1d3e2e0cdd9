{% test unique_combination(model, columns) %}
-- A returned row means: two rows share the grain the model promises.
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
