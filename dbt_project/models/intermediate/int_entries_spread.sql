with entries as (

    select * from {{ ref('stg_landing__usage_records') }}
    where cost_amount is not null

),

models as (

    select * from {{ ref('int_models_resolved') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- A day's share is an integer of millionths; the remainder is on the last day, so that the days sum to
-- the entry to its last digit.
shares as (

    select
        entries.*,
        build.timezone,
        coalesce(models.model_id, entries.model_raw) as model_id,
        ((trunc(entries.cost_amount * 1000000)::hugeint // entries.day_count) * 0.000001)::decimal(38, 12)
            as day_amount,
        ((trunc(entries.list_cost_amount * 1000000)::hugeint // entries.day_count) * 0.000001)::decimal(38, 12)
            as day_list_amount,
        ((trunc(entries.quantity * 1000000)::hugeint // entries.day_count) * 0.000001)::decimal(38, 12) as day_quantity
    from entries
    left join models
        on
            entries.provider = models.provider
            and entries.model_raw = models.model_raw
    cross join build

),

days as (

    select
        *,
        unnest(generate_series(1, day_count)) as day_number
    from shares

),

-- Counts are shared as evenly as integers allow: each day has what is due by its end less what was due before it.
final as (

    select
        record_key,
        {{ listed(
            attribution_columns() | reject('in', ['service_tier', 'is_batch', 'quantity_unit', 'is_costed']) | list
        ) }},
        meter,
        line_item,
        currency,
        cost_basis,
        charge_category,
        entry_category,
        entry_id,
        note,
        source_file,
        requests * day_number // day_count - requests * (day_number - 1) // day_count as requests,
        {{ meter_columns(
            'coalesce({meter}, 0) * day_number // day_count - coalesce({meter}, 0) * (day_number - 1) // day_count'
            ~ ' as {meter}',
            'is_token'
        ) }},
        case
            when day_number = day_count then cost_amount - day_amount * (day_count - 1)
            else day_amount
        end as cost_amount,
        case
            when day_number = day_count then list_cost_amount - day_list_amount * (day_count - 1)
            else day_list_amount
        end as list_cost_amount,
        case
            when day_number = day_count then quantity - day_quantity * (day_count - 1)
            else day_quantity
        end as quantity,
        quantity_unit,
        day_count > 1 as is_spread,
        replaces_source,
        usage_date + (day_number - 1)::integer as cost_date,
        case
            when grain in ('event', '1h') and timezone <> 'UTC' then timezone(timezone, period_start)::date
            else usage_date + (day_number - 1)::integer
        end as local_date,
        case when grain in ('event', '1h') then 'exact' else 'utc_day' end as day_basis,
        observed_at
    from days

)

select * from final
