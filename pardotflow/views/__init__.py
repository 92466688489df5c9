"""What is planned, saved and remembered, as a person or a program reads it.

A view takes finished types of `core` and `plan` and returns something to print; it prints nothing and decides nothing.
"""
