"""The command line: parsing and printing only."""

from flowdln.cli.app import app, main

__all__ = ["app", "main"]
