select Phone as number from {{ source('contacts') }}
