select c.Id, c.MobilePhone as cell, c.AccountId as account, c.Department
from {{ source('contacts') }} as c
where c.Department is distinct from 'Test'
