with costs as (

    select * from {{ ref('int_cost_center_costs') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

month_sums as (

    select
        {{ month_of('cost_date') }} as month,
        cost_center,
        provider,
        account_name,
        project,
        cost_kind,
        billing_currency as currency,
        sum(billed_amount) as cost_amount,
        coalesce(sum(billed_amount) filter (is_shared), 0) as shared_amount,
        reporting_currency,
        sum(cost_amount) filter (currency = reporting_currency) as converted_amount,
        sum(cost_amount) filter (currency = reporting_currency and is_shared) as converted_shared_amount
    from costs
    group by all

),

final as (

    select
        month_sums.month,
        month_sums.cost_center,
        month_sums.provider,
        month_sums.account_name,
        month_sums.project,
        month_sums.cost_kind,
        month_sums.currency,
        month_sums.cost_amount::decimal(38, 12) as cost_amount,
        month_sums.shared_amount::decimal(38, 12) as shared_amount,
        month_sums.reporting_currency,
        month_sums.converted_amount::decimal(38, 12) as converted_amount,
        case
            when month_sums.converted_amount is not null then coalesce(month_sums.converted_shared_amount, 0)
        end::decimal(38, 12) as converted_shared_amount,
        month_sums.cost_amount::double
        / nullif(sum(month_sums.cost_amount) over (
            partition by month_sums.month, month_sums.cost_kind, month_sums.currency
        ), 0)::double
            as share_of_month,
        month_sums.month + interval 1 month > build.as_of_day as is_provisional,
        build.is_sample
    from month_sums
    cross join build

)

select * from final
