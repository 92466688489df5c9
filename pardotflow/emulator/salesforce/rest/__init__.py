"""REST endpoints of records: single, in collections, in composites; and what describes them."""
