"""The Salesforce half of the emulator: OAuth, discovery, SOQL, rows, collections and composite.

It knows nothing of Pardot; the two meet only in the data file and in the server that dispatches to both.
"""
