with cells as (

    select * from {{ ref('int_comparison_cells') }}

),

-- A change from what was not recorded has no drivers. Only where both spans have tokens can a change be divided into
-- more of them and dearer ones.
changes as (

    select
        * exclude (current_amount, compared_amount, compared_usage_amount, previous_amount),
        compared_usage_amount as current_usage_amount,
        coalesce(compared_amount, 0) as current_amount,
        coalesce(previous_amount, 0) as previous_amount,
        case
            when previous_amount is null then 'new'
            when compared_amount is null then 'gone'
            when current_tokens > 0 and previous_tokens > 0 then 'tokens'
            else 'other'
        end as driver_kind
    from cells
    where compared_amount is not null or previous_amount is not null

),

growths as (

    select
        *,
        {{ whole_units('previous_usage_amount') }} as previous_units,
        sum(current_tokens) filter (driver_kind = 'tokens') over whole_change as all_current_tokens,
        sum(previous_tokens) filter (driver_kind = 'tokens') over whole_change as all_previous_tokens
    from changes
    window whole_change as (partition by comparison, month, dimension, dimension_value, cost_kind, currency)

),

-- What use would have cost at the price before: had every model grown like all of them together, and as it did grow.
-- Integers of the last digit of an amount, so that differences are exact.
amounts_at_previous_price as (

    select
        *,
        case
            when driver_kind = 'tokens'
                then {{ amount_of_units('previous_units * all_current_tokens // all_previous_tokens') }}
        end::decimal(38, 12) as evenly_grown_amount,
        case
            when driver_kind = 'tokens'
                then {{ amount_of_units('previous_units * current_tokens // previous_tokens') }}
        end::decimal(38, 12) as grown_amount
    from growths

),

parts as (

    select
        *,
        current_amount - previous_amount as change_amount,
        case when driver_kind = 'tokens' then evenly_grown_amount - previous_usage_amount else 0 end as volume_amount,
        case when driver_kind = 'tokens' then grown_amount - evenly_grown_amount else 0 end as mix_amount,
        case when driver_kind = 'tokens' then current_usage_amount - grown_amount else 0 end as price_amount,
        case when driver_kind = 'new' then current_amount else 0 end as new_amount,
        case when driver_kind = 'gone' then -previous_amount else 0 end as gone_amount,
        case
            when driver_kind = 'tokens'
                then (current_amount - current_usage_amount) - (previous_amount - previous_usage_amount)
            when driver_kind = 'other' then current_amount - previous_amount
            else 0
        end as other_amount
    from amounts_at_previous_price

),

final as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        provider,
        model_id,
        row_number() over (
            partition by comparison, month, dimension, dimension_value, cost_kind, currency
            order by abs(change_amount) desc, provider asc, model_id asc
        )::integer as rank,
        driver_kind,
        current_amount::decimal(38, 12) as current_amount,
        previous_amount::decimal(38, 12) as previous_amount,
        change_amount::decimal(38, 12) as change_amount,
        volume_amount::decimal(38, 12) as volume_amount,
        mix_amount::decimal(38, 12) as mix_amount,
        price_amount::decimal(38, 12) as price_amount,
        new_amount::decimal(38, 12) as new_amount,
        gone_amount::decimal(38, 12) as gone_amount,
        other_amount::decimal(38, 12) as other_amount,
        current_tokens,
        previous_tokens,
        case when driver_kind = 'tokens' then current_tokens / previous_tokens - 1 end::double as token_change_ratio,
        case
            when driver_kind = 'tokens' and grown_amount > 0
                then current_usage_amount::double / grown_amount::double - 1
        end as price_change_ratio
    from parts

)

select * from final
