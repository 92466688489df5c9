select lower(c.Id) as Id, u.seats
from {{ source('contacts') }} as c
left join {{ source('usage') }} as u on u.email = c.Email
