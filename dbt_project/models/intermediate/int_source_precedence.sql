-- The least precedence that states an amount wins its account and day. A new source is one line. A source without a
-- line goes by its kind, the lines without a source. Null never counts: its money stands in another source too.
with ranked (source_kind, source, precedence, statement) as (

    values
    ('manual', null, 0, 'entered by a person'),
    ('api', 'openai_costs', 10, 'cost report of the provider'),
    ('api', 'anthropic_costs', 10, 'cost report of the provider'),
    ('api', 'openrouter_activity', 10, 'charged by the seller'),
    ('api', 'vercel_gateway', 10, 'charged by the seller'),
    ('api', 'cursor_events', 10, 'charged by the seller'),
    ('api', 'github_copilot', 10, 'charged by the seller'),
    ('api', 'xai_usage', 10, 'cost report of the provider'),
    ('api', 'together_usage', 10, 'cost report of the provider'),
    ('api', 'fireworks_usage', 10, 'cost report of the provider'),
    ('api', 'mistral_usage', 10, 'cost report of the provider'),
    ('import', 'openai_costs_csv', 12, 'cost report of the provider, as a file'),
    ('import', 'anthropic_cost_csv', 12, 'cost report of the provider, as a file'),
    ('import', 'openrouter_csv', 12, 'charged by the seller, as a file'),
    ('import', 'cursor_csv', 12, 'charged by the seller, as a file'),
    ('import', 'github_csv', 12, 'charged by the seller, as a file'),
    ('import', 'deepseek', 12, 'cost report of the provider, as a file'),
    ('import', null, 15, 'a file that states amounts'),
    ('api', 'openai_usage', 20, 'usage of the provider at its prices'),
    ('api', 'anthropic_usage', 20, 'usage of the provider at its prices'),
    ('api', 'elevenlabs_usage', 20, 'usage of the provider at its prices'),
    ('import', 'openai_usage_csv', 22, 'usage of the provider at its prices, from a file'),
    ('import', 'anthropic_usage_csv', 22, 'usage of the provider at its prices, from a file'),
    ('import', 'deepseek_usage', 22, 'usage of the provider at its prices, from a file'),
    ('api', null, 25, 'figures of the provider'),
    ('import', 'aws_cur', 30, 'cloud bill of the reseller'),
    ('import', 'azure_costs', 31, 'cloud bill of the reseller'),
    ('import', 'focus', 32, 'cloud bill of the reseller'),
    ('api', 'litellm_activity', 40, 'estimate of a gateway'),
    ('api', 'cloudflare_gateway', 40, 'estimate of a gateway'),
    ('local', null, 50, 'log of a coding agent'),
    ('api', 'anthropic_claude_code', null, 'second view of money that the provider reports')

),

final as (

    select
        source_kind,
        source,
        precedence::integer as precedence,
        statement
    from ranked

)

select * from final
