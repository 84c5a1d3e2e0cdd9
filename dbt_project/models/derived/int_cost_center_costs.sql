with allocations as (

    select * from {{ ref('fct_cost_allocations') }}

),

matches as (

    select * from {{ ref('int_cost_center_rules_matched') }}

),

rules as (

    select * from {{ ref('stg_landing__cost_center_rules') }}

),

first_matches as (

    select
        allocations.cost_date,
        allocations.source_kind,
        allocations.source,
        allocations.provider,
        allocations.account_name,
        allocations.host,
        allocations.model_id,
        allocations.project,
        allocations.project_name,
        allocations.api_key_id,
        allocations.tags,
        allocations.cost_kind,
        allocations.cost_basis,
        allocations.currency,
        allocations.allocation,
        allocations.cost_amount,
        min(matches.rule) as rule
    from allocations
    left join matches
        on
            allocations.source_kind = matches.source_kind
            and allocations.provider = matches.provider
            and allocations.account_name = matches.account_name
            and allocations.model_id is not distinct from matches.model_id
            and allocations.project is not distinct from matches.project
            and allocations.project_name is not distinct from matches.project_name
            and allocations.api_key_id is not distinct from matches.api_key_id
            and allocations.api_key_name is not distinct from matches.api_key_name
            and allocations.tags is not distinct from matches.tags
            and (allocations.cost_date >= matches.since or matches.since is null)
            and (allocations.cost_date < matches.until or matches.until is null)
    group by all

),

charge_sums as (

    select
        cost_date,
        source_kind,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        tags,
        cost_kind,
        currency,
        rule,
        sum(cost_amount)::decimal(38, 12) as cost_amount
    from first_matches
    group by all

),

charges as (

    select
        *,
        row_number() over () as charge_number
    from charge_sums

),

-- Percentages are whole numbers of small parts, so that shares are exact.
charge_parts as (

    select
        charges.*,
        coalesce(rules.cost_center, 'unallocated') as cost_center,
        {{ whole_units('abs(charges.cost_amount)') }} as units,
        (coalesce(rules.percent, 100) * {{ var('parts_of_a_percent') }})::hugeint as weight,
        (100 * {{ var('parts_of_a_percent') }})::hugeint as whole_weight
    from charges
    left join rules on charges.rule = rules.rule

),

-- Largest remainder, as in fct_cost_allocations.
shares as (

    select
        *,
        units * weight // whole_weight as share_units,
        units - sum(units * weight // whole_weight) over (partition by charge_number) as units_left,
        row_number() over (
            partition by charge_number
            order by units * weight % whole_weight desc, cost_center asc
        ) as place
    from charge_parts

),

share_amounts as (

    select
        cost_date,
        cost_center,
        source_kind,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        tags,
        cost_kind,
        currency,
        rule,
        weight < whole_weight as is_shared,
        (
            sign(cost_amount)
            * {{ amount_of_units('share_units + case when place <= units_left then 1 else 0 end') }}
        )::decimal(38, 12) as cost_amount
    from shares

)

{{ in_reporting_currency('share_amounts') }}
