-- What the chosen cost centres bear of the costs that the other filters leave: a row for each share. A filter that is
-- null lets everything through.
select
    costs.cost_date,
    costs.cost_center,
    costs.source_kind,
    costs.provider,
    costs.account_name,
    costs.model_id,
    costs.project,
    costs.project_name,
    costs.tags,
    costs.cost_amount,
    costs.currency,
    costs.cost_kind,
    costs.rule,
    costs.is_shared,
    rpt_build.is_sample
from main.int_cost_center_costs as costs
cross join main.rpt_build
where
    (getvariable('start_day') is null or costs.cost_date >= getvariable('start_day'))
    and (getvariable('end_day') is null or costs.cost_date < getvariable('end_day'))
    and (getvariable('providers') is null or list_contains(getvariable('providers'), costs.provider))
    and (getvariable('accounts') is null or list_contains(getvariable('accounts'), costs.account_name))
    and (getvariable('models') is null or list_contains(getvariable('models'), costs.model_id))
    and (getvariable('projects') is null or list_contains(getvariable('projects'), costs.project))
    and (getvariable('cost_centers') is null or list_contains(getvariable('cost_centers'), costs.cost_center))
    and (getvariable('source_kinds') is null or list_contains(getvariable('source_kinds'), costs.source_kind))
