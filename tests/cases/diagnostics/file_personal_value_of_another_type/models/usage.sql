select email, strftime(week, '%Y') as plan from {{ source('usage') }} where seats > 0
