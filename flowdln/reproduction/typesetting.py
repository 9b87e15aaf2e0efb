"""Text and formulas as HTML."""

import re
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

THIN = '<mspace width="0.17em" />'


def formula(latex: str) -> Markup:
    """A LaTeX formula as MathML."""
    return _mathml(latex, display="block")


def prose(text: str) -> Markup:
    """Text with ``$formulas$``, escaped, with the formulas as MathML."""
    parts = re.split(r"\$([^$]+)\$", text)
    return Markup("").join(_mathml(part, display="inline") if i % 2 else escape(part) for i, part in enumerate(parts))


def introduction(docstring: str | None) -> list[Markup]:
    """Paragraphs of a chapter's docstring, without its first line."""
    _, *paragraphs = (docstring or "").strip().split("\n\n")
    return [prose(paragraph) for paragraph in paragraphs]


def _mathml(latex: str, display: str) -> Markup:
    """MathML with its text escaped, which latex2mathml's own ``convert`` undoes to keep its character references."""
    text = tostring(convert_to_element(latex, display=display), encoding="unicode")
    text = re.sub(r"(<mi>[a-z]{2,}</mi>)", rf"{THIN}\1{THIN}", text)  # functions, which it sets without space
    return Markup(re.sub(r"&amp;(#x[0-9A-Fa-f]+;)", r"&\1", text))  # noqa: S704 (serialised by ElementTree)
