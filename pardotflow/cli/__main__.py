"""`python -m pardotflow.cli` is the same as `pardotflow`."""

from pardotflow.cli.app import main

main()
