with totals as (

    select * from {{ ref('stg_forecasts__totals') }}

),

final as (

    select
        cost_kind,
        series_kind,
        series,
        currency,
        horizon,
        days,
        total_amount,
        lower_80,
        upper_80
    from totals

)

select * from final
