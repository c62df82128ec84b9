"""``python -m archive``: the command line."""

from archive.cli import main

main()
