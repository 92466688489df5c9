"""The SOAP API: sessions, and what only SOAP does with records."""
