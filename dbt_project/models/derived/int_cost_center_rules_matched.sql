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
kinds as (

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
        kinds.source_kind,
        kinds.provider,
        kinds.account_name,
        kinds.model_id,
        kinds.project,
        kinds.project_name,
        kinds.api_key_id,
        kinds.api_key_name,
        kinds.tags,
        spans.rule,
        spans.since,
        spans.until
    from kinds
    inner join spans
        on
            (spans.source_kinds is null or list_contains(spans.source_kinds, kinds.source_kind))
            and (spans.providers is null or list_contains(spans.providers, kinds.provider))
            and (spans.accounts is null or list_contains(spans.accounts, kinds.account_name))
            and (spans.models is null or list_contains(spans.models, kinds.model_id))
            and (
                spans.projects is null
                or list_contains(spans.projects, kinds.project)
                or list_contains(spans.projects, kinds.project_name)
            )
            and (
                spans.keys is null
                or list_contains(spans.keys, kinds.api_key_id)
                or list_contains(spans.keys, kinds.api_key_name)
            )
            and (spans.tags is null or list_has_any(spans.tags, kinds.tag_pairs))

)

select * from final
