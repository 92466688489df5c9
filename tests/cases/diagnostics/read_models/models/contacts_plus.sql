with people as (
  select Id, AccountId, Title as job, coalesce(Phone, MailingCity) as reach, Department as Email
  from {{ source('contacts') }}
)
select p.Id, p.job, p.reach, a.Name as company_name, upper(p.job) as FirstName, p.Email
from people as p
left join {{ source('accounts') }} as a on a.Id = p.AccountId
