"""Sphinx configuration: ``sphinx-build docs docs/_build``."""

project = "flowdln"
author = "The flowdln developers"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax", "sphinx.ext.viewcode"]
html_theme = "furo"
html_title = "flowdln"
exclude_patterns = ["_build"]
napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
nitpicky = False


def skip_field_aliases(app, what, name, obj, skip, options):  # noqa: ARG001 (Sphinx calls it so)
    """Leave out the fields of named tuples, which document themselves only by their number."""
    return skip or str(getattr(obj, "__doc__", "")).startswith("Alias for field number")


def setup(app):
    """Register the hook."""
    app.connect("autodoc-skip-member", skip_field_aliases)
