{% test unique_combination(model, columns) %}
-- A returned row means: two rows share the grain the model promises. Equal rows have equal hashes, and millions of hashes
-- take less memory and time to group: only rows with a hash that is there twice are compared themselves.
select {{ columns | join(', ') }}
from {{ model }}
where
    {{ row_hash(columns) }} in (
        select {{ row_hash(columns) }} as grain_hash
        from {{ model }}
        group by grain_hash
        having count(*) > 1
    )
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
