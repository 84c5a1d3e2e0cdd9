with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

usage as (

    select * from {{ ref('fct_usage') }}

),

-- A bill that does not name the model, project or key of what it charges for can be spread over the use of its day.
cost_groups as (

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

charges as (

    select
        *,
        row_number() over () as charge_number
    from cost_groups

),

usage_weights as (

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
        -- Weights are whole numbers, so that shares are exact: parts of list price, and tokens.
        coalesce(trunc(sum(list_cost_amount) * {{ var('parts_of_a_list_price') }}), 0)::hugeint as priced_weight,
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
charge_weights as (

    select
        charges.charge_number,
        charges.cost_amount,
        usage_weights.model_id,
        usage_weights.project,
        usage_weights.project_name,
        usage_weights.api_key_id,
        usage_weights.api_key_name,
        usage_weights.priced_weight,
        usage_weights.token_weight,
        sum(usage_weights.priced_weight) over charge as priced_weights,
        sum(usage_weights.token_weight) over charge as token_weights
    from charges
    inner join usage_weights
        on
            charges.cost_date = usage_weights.usage_date
            and charges.provider = usage_weights.provider
            and charges.account_name = usage_weights.account_name
            and charges.source <> usage_weights.source
            and (charges.model_id = usage_weights.model_id or charges.model_id is null)
            and (charges.project = usage_weights.project or charges.project is null)
            and (charges.api_key_id = usage_weights.api_key_id or charges.api_key_id is null)
    where charges.is_spreadable
    window charge as (partition by charges.charge_number)

),

-- By list price; where nothing of it has a price, by tokens.
charge_shares as (

    select
        * exclude (priced_weight, token_weight, priced_weights, token_weights),
        {{ whole_units('abs(cost_amount)') }} as units,
        case when priced_weights > 0 then 'priced_usage' else 'tokens' end as allocation,
        case when priced_weights > 0 then priced_weight else token_weight end as weight,
        case when priced_weights > 0 then priced_weights else token_weights end as weights
    from charge_weights
    where
        priced_weights > 0
        or token_weights > 0

),

-- Largest remainder: each share is rounded down to the last digit that an amount has, and the digits that are left go
-- one each to the shares that lost most.
shares as (

    select
        *,
        units * weight // weights as share_units,
        units - sum(units * weight // weights) over (partition by charge_number) as units_left,
        row_number() over (
            partition by charge_number
            order by units * weight % weights desc, model_id asc, project asc, api_key_id asc
        ) as place
    from charge_shares

),

spread_charges as (

    select
        charges.cost_date,
        charges.source_kind,
        charges.source,
        charges.provider,
        charges.account_name,
        charges.host,
        shares.model_id,
        shares.project,
        coalesce(charges.project_name, shares.project_name) as project_name,
        shares.api_key_id,
        coalesce(charges.api_key_name, shares.api_key_name) as api_key_name,
        charges.tags,
        charges.cost_kind,
        charges.cost_basis,
        charges.currency,
        shares.allocation,
        sign(charges.cost_amount)
        * {{ amount_of_units('shares.share_units + case when shares.place <= shares.units_left then 1 else 0 end') }}
            as cost_amount
    from shares
    inner join charges on shares.charge_number = charges.charge_number

),

direct_charges as (

    select
        charges.cost_date,
        charges.source_kind,
        charges.source,
        charges.provider,
        charges.account_name,
        charges.host,
        charges.model_id,
        charges.project,
        charges.project_name,
        charges.api_key_id,
        charges.api_key_name,
        charges.tags,
        charges.cost_kind,
        charges.cost_basis,
        charges.currency,
        'as_reported' as allocation,
        charges.cost_amount
    from charges
    where charges.charge_number not in (select shares.charge_number from shares)

),

allocations as (

    select * from spread_charges
    where cost_amount <> 0
    union all
    select * from direct_charges

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
    from allocations
    group by all

)

select * from final
