select email, seats * 2 as plan from {{ ref('counted') }}
