{{ config(on='warehouse') }}
select email, plan from {{ source('usage') }}
