{{ config(materialized='view') }}

{{ in_reporting_currency(ref('fct_costs')) }}
