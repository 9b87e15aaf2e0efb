"""``python -m flowdln``: the command line."""

from flowdln.cli import main

if __name__ == "__main__":
    main()
