{% test unique_apart_from(model, measures) %}
-- A returned row means: two rows are equal in everything but `measures` and meters, and should have been added up. As in
-- unique_combination, only rows with a hash that is there twice are compared.
with grains as (

    select * exclude ({{ listed(measures + meters() | map(attribute='name') | list) }}) from {{ model }}

),

hashes as (

    select {{ row_hash(['grains']) }} as grain_hash
    from grains
    group by grain_hash
    having count(*) > 1

)

select
    *,
    count(*) as row_count
from grains
where {{ row_hash(['grains']) }} in (select hashes.grain_hash from hashes)
group by all
having count(*) > 1
{% endtest %}
