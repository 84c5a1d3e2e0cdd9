{% test contains_every(model, of, columns, of_rows='true') %}
-- A returned row means: a row of the other table names something that this one lacks.
select {{ columns | join(', ') }}
from {{ of }}
where {{ of_rows }}
except
select {{ columns | join(', ') }}
from {{ model }}
{% endtest %}
