with backtest as (

    select * from {{ ref('stg_forecasts__backtest') }}

),

final as (

    select
        cost_kind,
        series_kind,
        series,
        currency,
        horizon_days,
        method,
        is_published,
        origins,
        first_origin,
        last_origin,
        mean_actual_amount,
        mean_error_amount,
        mean_bias_amount,
        error_ratio,
        bias_ratio,
        nearer_ratio,
        day_coverage_80,
        day_coverage_95,
        total_coverage_80,
        total_coverage_95
    from backtest

)

select * from final
