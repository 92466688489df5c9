with u as (select * from {{ source('usage') }})
select email, plan from u join plans using (email)
