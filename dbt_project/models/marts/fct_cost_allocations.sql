with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

usage as (

    select * from {{ ref('fct_usage') }}

),

-- A bill that does not name the model, project or key of what it charges for can be spread over the use of its day.
grouped as (

    select
        cost_date,
        source_kind,
        source,
        provider,
        account_name,
        host,
        model_id,
        project,
        max(project_name) as project_name,
        api_key_id,
        max(api_key_name) as api_key_name,
        tags,
        cost_kind,
        cost_basis,
        currency,
        price_status = 'reported'
        and charge_category = 'Usage'
        and coalesce(entry_category, 'usage') = 'usage'
        and (model_id is null or project is null or api_key_id is null) as is_spreadable,
        sum(cost_amount)::decimal(38, 12) as cost_amount
    from costs
    group by all

),

numbered as (

    select
        *,
        row_number() over () as charge_number
    from grouped

),

weights as (

    select
        usage_date,
        source,
        provider,
        account_name,
        model_id,
        project,
        max(project_name) as project_name,
        api_key_id,
        max(api_key_name) as api_key_name,
        -- Weights are whole numbers, so that shares are exact: billionths of list price, and tokens.
        coalesce(trunc(sum(list_cost_amount) * 1000000000), 0)::hugeint as priced_weight,
        sum(total_tokens)::hugeint as token_weight
    from usage
    group by
        usage_date,
        source,
        provider,
        account_name,
        model_id,
        project,
        api_key_id

),

-- Only use that agrees with everything the bill does name.
matched as (

    select
        numbered.charge_number,
        numbered.cost_amount,
        weights.model_id,
        weights.project,
        weights.project_name,
        weights.api_key_id,
        weights.api_key_name,
        weights.priced_weight,
        weights.token_weight,
        sum(weights.priced_weight) over charge as priced_weights,
        sum(weights.token_weight) over charge as token_weights
    from numbered
    inner join weights
        on
            numbered.cost_date = weights.usage_date
            and numbered.provider = weights.provider
            and numbered.account_name = weights.account_name
            and numbered.source <> weights.source
            and (numbered.model_id = weights.model_id or numbered.model_id is null)
            and (numbered.project = weights.project or numbered.project is null)
            and (numbered.api_key_id = weights.api_key_id or numbered.api_key_id is null)
    where numbered.is_spreadable
    window charge as (partition by numbered.charge_number)

),

-- By list price; where nothing of it has a price, by tokens.
weighed as (

    select
        * exclude (priced_weight, token_weight, priced_weights, token_weights),
        (abs(cost_amount) * 1000000000000)::hugeint as units,
        case when priced_weights > 0 then 'priced_usage' else 'tokens' end as allocation,
        case when priced_weights > 0 then priced_weight else token_weight end as weight,
        case when priced_weights > 0 then priced_weights else token_weights end as weights
    from matched
    where
        priced_weights > 0
        or token_weights > 0

),

-- Largest remainder: each share is rounded down to the last digit that an amount has, and the digits that are left go
-- one each to the shares that lost most.
floored as (

    select
        *,
        units * weight // weights as share_units,
        units - sum(units * weight // weights) over (partition by charge_number) as units_left,
        row_number() over (
            partition by charge_number
            order by units * weight % weights desc, model_id asc, project asc, api_key_id asc
        ) as place
    from weighed

),

spread as (

    select
        numbered.cost_date,
        numbered.source_kind,
        numbered.source,
        numbered.provider,
        numbered.account_name,
        numbered.host,
        floored.model_id,
        floored.project,
        coalesce(numbered.project_name, floored.project_name) as project_name,
        floored.api_key_id,
        coalesce(numbered.api_key_name, floored.api_key_name) as api_key_name,
        numbered.tags,
        numbered.cost_kind,
        numbered.cost_basis,
        numbered.currency,
        floored.allocation,
        sign(numbered.cost_amount)
        * (floored.share_units + case when floored.place <= floored.units_left then 1 else 0 end)::decimal(38, 0)
        * 0.000000000001 as cost_amount
    from floored
    inner join numbered on floored.charge_number = numbered.charge_number

),

direct as (

    select
        numbered.cost_date,
        numbered.source_kind,
        numbered.source,
        numbered.provider,
        numbered.account_name,
        numbered.host,
        numbered.model_id,
        numbered.project,
        numbered.project_name,
        numbered.api_key_id,
        numbered.api_key_name,
        numbered.tags,
        numbered.cost_kind,
        numbered.cost_basis,
        numbered.currency,
        'as_reported' as allocation,
        numbered.cost_amount
    from numbered
    where numbered.charge_number not in (select floored.charge_number from floored)

),

unioned as (

    select * from spread
    where cost_amount <> 0
    union all
    select * from direct

),

final as (

    select
        cost_date,
        source_kind,
        source,
        provider,
        account_name,
        host,
        model_id,
        project,
        max(project_name) as project_name,
        api_key_id,
        max(api_key_name) as api_key_name,
        tags,
        cost_kind,
        cost_basis,
        currency,
        allocation,
        allocation <> 'as_reported' as is_allocated,
        sum(cost_amount)::decimal(38, 12) as cost_amount
    from unioned
    group by all

)

select * from final
