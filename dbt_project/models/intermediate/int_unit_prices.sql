with spans as (

    select * from {{ ref('int_price_spans') }}

),

prices as (

    select
        'as_billed' as price_basis,
        * exclude (model_id)
    from {{ ref('stg_landing__unit_prices') }}

    union all by name

    select * from {{ ref('stg_landing__restated_prices') }}

),

current_prices as (

    select
        spans.price_span_id,
        prices.price_basis,
        prices.meter,
        max_by(prices.unit_price, prices.min_input_tokens) as unit_price,
        max(prices.currency) as currency,
        list(prices.price_version) as price_versions
    from spans
    inner join prices
        on
            spans.use_id = prices.use_id
            and spans.valid_from >= prices.valid_from
            and spans.valid_from < prices.valid_to
            and spans.min_input_tokens >= prices.min_input_tokens
    where prices.price_basis = 'as_billed' or spans.is_restated
    group by
        spans.price_span_id,
        prices.price_basis,
        prices.meter

),

-- Each span once as billed, with or without prices; and once more on each other basis that has prices of it.
price_bases as (

    select
        price_span_id,
        'as_billed' as price_basis
    from spans

    union

    select
        price_span_id,
        price_basis
    from current_prices

),

final as (

    select
        price_bases.price_span_id,
        price_bases.price_basis,
        {{ meter_columns(
            "max(current_prices.unit_price) filter (current_prices.meter = '{meter}') as {meter}_price"
        ) }},
        -- One bit for each meter that has a price.
        {{ meter_columns("max(case when current_prices.meter = '{meter}' then {bit} else 0 end)", separator=' + ') }}
            as priced_meters,
        max(current_prices.currency) as currency,
        nullif(array_to_string(list_sort(list_distinct(flatten(list(current_prices.price_versions)))), ', '), '')
            as price_version
    from price_bases
    left join current_prices
        on
            price_bases.price_span_id = current_prices.price_span_id
            and price_bases.price_basis = current_prices.price_basis
    group by
        price_bases.price_span_id,
        price_bases.price_basis

)

select * from final
