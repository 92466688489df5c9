"""Plan and apply for the people data between Salesforce, Pardot and a warehouse.

The command line is `pardotflow`; the layers and their arrows are described in docs/architecture.md.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
