select Id, Title from {{ source('leads') }}
