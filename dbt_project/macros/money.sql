{#- The type of amounts and quantities: twelve digits after the point. -#}
{% macro amount(expression) %}
    {{- '(' ~ expression ~ ')::decimal(38, 12)' -}}
{% endmacro %}

{#- Costs, which have a cost_date, currency and cost_amount, in the reporting currency where there is a rate for the
    day, else in the currency in which they are billed. Each row is rounded once, half-even, and every total is a sum of
    these rows: so all totals agree to the last digit. -#}
{% macro in_reporting_currency(costs) -%}
    select
        costs.* exclude (currency, cost_amount),
        costs.currency as billing_currency,
        costs.cost_amount as billed_amount,
        build.currency as reporting_currency,
        rates.rate,
        rates.rate_date,
        rates.rate_source,
        case when rates.rate is null then costs.currency else build.currency end as currency,
        case
            when rates.rate is null then costs.cost_amount
            else {{ round_half_even('costs.cost_amount * rates.rate') }}
        end as cost_amount
    from {{ costs }} as costs
    cross join {{ ref('stg_landing__build') }} as build
    left join {{ ref('int_exchange_rates') }} as rates
        on
            costs.cost_date = rates.cost_date
            and costs.currency = rates.currency
            and costs.currency <> build.currency
{%- endmacro %}
