with records as (

    select * from {{ source('landing', 'usage_records') }}

),

renamed as (

    select
        record_key,
        source_kind,
        source,
        feed,
        partition_day,
        record_kind,
        account_name,
        host,
        provider,
        model_raw,
        project,
        project_name,
        api_key_id,
        api_key_name,
        service,
        service_tier,
        coalesce(is_batch, false) as is_batch,
        speed,
        context_window,
        inference_geo,
        meter,
        line_item,
        currency,
        cost_basis,
        is_billable,
        charge_category,
        entry_category,
        entry_id,
        note,
        source_file,
        tags,
        extra,
        grain,
        -- UTC days the half-open period touches: a day for an event, an hour or a day, 31 for a January.
        date_diff('day', period_start, period_end - interval 1 microsecond) + 1 as day_count,
        coalesce(requests, 0) as requests,
        {{ meter_columns('{meter}') }},
        coalesce(quantity, {{ meter_columns('{meter}::decimal(38, 12)', 'is_media') }}) as quantity,
        coalesce(quantity_unit, {{ meter_columns("case when {meter} is not null then '{unit}' end", 'is_media') }})
            as quantity_unit,
        cost_amount,
        list_cost_amount,
        coalesce({{ meter_columns('{meter}', 'can_have_price') }}) is not null as has_meters,
        replaces_source,
        period_start::date as usage_date,
        period_start,
        observed_at
    from records

)

select * from renamed
