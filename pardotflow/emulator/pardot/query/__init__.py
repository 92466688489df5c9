"""Reading collections: filters, order, pages, fields, and what a user and the cache let one see."""
