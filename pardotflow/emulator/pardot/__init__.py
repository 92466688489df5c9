"""The Pardot (Account Engagement API v5) half of the emulator.

It knows nothing of the Salesforce half except how to read a session; nothing here synchronises with it.
"""
