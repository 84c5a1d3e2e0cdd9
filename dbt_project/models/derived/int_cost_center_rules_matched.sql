with allocations as (

    select * from {{ ref('fct_cost_allocations') }}

),

rules as (

    select * from {{ ref('stg_landing__cost_center_rules') }}

),

scopes as (

    select
        rule,
        list(value) filter (dimension = 'provider') as providers,
        list(value) filter (dimension = 'account') as accounts,
        list(value) filter (dimension = 'model') as models,
        list(value) filter (dimension = 'project') as projects,
        list(value) filter (dimension = 'key') as keys,
        list(value) filter (dimension = 'tag') as tags,
        list(value) filter (dimension = 'source_kind') as source_kinds
    from {{ ref('stg_landing__cost_center_scopes') }}
    group by rule

),

spans as (

    select distinct
        rules.rule,
        rules.since,
        rules.until,
        scopes.source_kinds,
        scopes.providers,
        scopes.accounts,
        scopes.models,
        scopes.projects,
        scopes.keys,
        scopes.tags
    from rules
    left join scopes on rules.rule = scopes.rule

),

-- Far fewer than the amounts: what a rule can look at, each once.
cost_attributes as (

    select
        source_kind,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        api_key_id,
        api_key_name,
        tags,
        {{ tag_pairs('tags') }} as tag_pairs
    from allocations
    group by all

),

final as (

    select
        cost_attributes.source_kind,
        cost_attributes.provider,
        cost_attributes.account_name,
        cost_attributes.model_id,
        cost_attributes.project,
        cost_attributes.project_name,
        cost_attributes.api_key_id,
        cost_attributes.api_key_name,
        cost_attributes.tags,
        spans.rule,
        spans.since,
        spans.until
    from cost_attributes
    inner join spans
        on
            (spans.source_kinds is null or list_contains(spans.source_kinds, cost_attributes.source_kind))
            and (spans.providers is null or list_contains(spans.providers, cost_attributes.provider))
            and (spans.accounts is null or list_contains(spans.accounts, cost_attributes.account_name))
            and (spans.models is null or list_contains(spans.models, cost_attributes.model_id))
            and (
                spans.projects is null
                or list_contains(spans.projects, cost_attributes.project)
                or list_contains(spans.projects, cost_attributes.project_name)
            )
            and (
                spans.keys is null
                or list_contains(spans.keys, cost_attributes.api_key_id)
                or list_contains(spans.keys, cost_attributes.api_key_name)
            )
            and (spans.tags is null or list_has_any(spans.tags, cost_attributes.tag_pairs))

)

select * from final
