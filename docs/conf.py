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
