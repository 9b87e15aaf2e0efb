"""Text and formulas as HTML."""

import re

from latex2mathml.converter import convert
from markupsafe import Markup, escape


def formula(latex: str) -> Markup:
    """A LaTeX formula as MathML."""
    return Markup(convert(latex, display="block"))  # noqa: S704 (made by latex2mathml from our own text)


def prose(text: str) -> Markup:
    """Text with ``$formulas$``, escaped, with the formulas as MathML."""
    parts = re.split(r"\$([^$]+)\$", text)
    return Markup("").join(
        Markup(convert(part)) if i % 2 else escape(part)  # noqa: S704 (made by latex2mathml from our own text)
        for i, part in enumerate(parts)
    )


def introduction(docstring: str | None) -> list[Markup]:
    """Paragraphs of a chapter's docstring, without its first line."""
    _, *paragraphs = (docstring or "").strip().split("\n\n")
    return [prose(paragraph) for paragraph in paragraphs]
