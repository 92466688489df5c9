"""SOQL: text into a tree, a tree into SQL."""
