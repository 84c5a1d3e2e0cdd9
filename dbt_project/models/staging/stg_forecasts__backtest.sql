with backtest as (

    select * from {{ source('forecasts', 'backtest') }}

),

final as (

    select
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        horizon_days::integer as horizon_days,
        method::varchar as method,
        is_published::boolean as is_published,
        origins::integer as origins,
        first_origin::date as first_origin,
        last_origin::date as last_origin,
        mean_actual_amount::double as mean_actual_amount,
        mean_error_amount::double as mean_error_amount,
        mean_bias_amount::double as mean_bias_amount,
        error_ratio::double as error_ratio,
        bias_ratio::double as bias_ratio,
        nearer_ratio::double as nearer_ratio,
        day_coverage_80::double as day_coverage_80,
        day_coverage_95::double as day_coverage_95,
        total_coverage_80::double as total_coverage_80,
        total_coverage_95::double as total_coverage_95
    from backtest

)

select * from final
