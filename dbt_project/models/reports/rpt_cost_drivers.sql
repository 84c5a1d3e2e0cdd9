with cells as (

    select * from {{ ref('int_comparison_cells') }}

),

-- A change from what was not recorded has no drivers.
compared as (

    select
        * exclude (current_amount, compared_amount, compared_usage_amount),
        compared_amount as current_amount,
        compared_usage_amount as current_usage_amount
    from cells
    where compared_amount is not null or previous_amount is not null

),

-- Only where both spans have tokens can a change be told apart into more of them and dearer ones.
named as (

    select
        * exclude (current_amount, previous_amount),
        coalesce(current_amount, 0) as current_amount,
        coalesce(previous_amount, 0) as previous_amount,
        case
            when previous_amount is null then 'new'
            when current_amount is null then 'gone'
            when current_tokens > 0 and previous_tokens > 0 then 'metered'
            else 'other'
        end as cell_status
    from compared

),

metered as (

    select
        *,
        (previous_usage_amount * 1000000000000)::hugeint as previous_units,
        sum(current_tokens) filter (cell_status = 'metered') over change as all_current_tokens,
        sum(previous_tokens) filter (cell_status = 'metered') over change as all_previous_tokens
    from named
    window change as (partition by comparison, month, dimension, dimension_value, cost_kind, currency)

),

-- What use would have cost at the price before: had every model grown like all of them together, and as it did grow.
-- Whole numbers of the last digit that an amount has, so that what stands between them is exact.
marked as (

    select
        *,
        case
            when cell_status = 'metered'
                then (previous_units * all_current_tokens // all_previous_tokens)::decimal(38, 0) * 0.000000000001
        end::decimal(38, 12) as evenly_grown_amount,
        case
            when cell_status = 'metered'
                then (previous_units * current_tokens // previous_tokens)::decimal(38, 0) * 0.000000000001
        end::decimal(38, 12) as grown_amount
    from metered

),

divided as (

    select
        *,
        current_amount - previous_amount as change_amount,
        case when cell_status = 'metered' then evenly_grown_amount - previous_usage_amount else 0 end as volume_amount,
        case when cell_status = 'metered' then grown_amount - evenly_grown_amount else 0 end as mix_amount,
        case when cell_status = 'metered' then current_usage_amount - grown_amount else 0 end as price_amount,
        case when cell_status = 'new' then current_amount else 0 end as new_amount,
        case when cell_status = 'gone' then -previous_amount else 0 end as gone_amount,
        case
            when cell_status = 'metered'
                then (current_amount - current_usage_amount) - (previous_amount - previous_usage_amount)
            when cell_status = 'other' then current_amount - previous_amount
            else 0
        end as other_amount,
        100 * (current_tokens / nullif(previous_tokens, 0) - 1) as token_percent,
        100 * (current_usage_amount::double / nullif(greatest(grown_amount, 0), 0)::double - 1) as price_percent
    from marked

),

-- The parts of a sentence; those that round to nothing are left out.
told as (

    select
        *,
        case
            when cell_status in ('new', 'gone') and abs(change_amount) < 0.005
                then concat(cell_status, ', less than a cent')
            when cell_status in ('new', 'gone')
                then printf('%s, %+,.2f %s', cell_status, change_amount::double, currency)
        end as status_text,
        case
            when abs(volume_amount + mix_amount) >= 0.005
                then printf(
                        '%s %% %s tokens, %+,.2f %s',
                        printf(case when abs(token_percent) < 10 then '%.1f' else '%.0f' end, abs(token_percent)),
                        case when token_percent < 0 then 'fewer' else 'more' end,
                        (volume_amount + mix_amount)::double,
                        currency
                    )
        end as token_text,
        case
            when abs(price_amount) >= 0.005
                then printf(
                        '%s price per token, %+,.2f %s',
                        case
                            when price_percent is null then 'another'
                            when price_percent < 0 then printf('%.1f %% lower', -price_percent)
                            else printf('%.1f %% higher', price_percent)
                        end,
                        price_amount::double,
                        currency
                    )
        end as price_text,
        case
            when abs(other_amount) >= 0.005
                then printf('%+,.2f %s not counted in tokens', other_amount::double, currency)
        end as other_text
    from divided

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
        concat(
            coalesce(model_id, 'charges without a model'),
            ' at ',
            provider,
            ': ',
            coalesce(
                nullif(concat_ws('; ', status_text, token_text, price_text, other_text), ''),
                'no change of a cent'
            )
        ) as sentence,
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
        previous_tokens
    from told

)

select * from final
