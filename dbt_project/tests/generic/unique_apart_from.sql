{% test unique_apart_from(model, measures) %}
-- A returned row means: two rows are equal in everything but `measures` and meters, and should have been added up.
select
    *,
    count(*) as row_count
from (select * exclude ({{ listed(measures + meters() | map(attribute='name') | list) }}) from {{ model }})
group by all
having count(*) > 1
{% endtest %}
