"""`query` and `queryAll`: statements carried out, in pages, as records or as plans."""
