"""Text and formulas as HTML."""

import re
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

SCRIPTS = {"msub", "msup", "msubsup"}
FIXED = SCRIPTS | {"mfrac", "mroot", "munder", "mover", "munderover"}  # elements that take no further children


def formula(latex: str) -> Markup:
    """A LaTeX formula as MathML, on a line of its own, which scrolls where it is too wide for the page."""
    return Markup('<div class="formula">') + _mathml(latex, display="block") + Markup("</div>")


def prose(text: str) -> Markup:
    """Text with ``$formulas$``, escaped, with the formulas as MathML."""
    parts = re.split(r"\$([^$]+)\$", text)
    return Markup("").join(_mathml(part, display="inline") if i % 2 else escape(part) for i, part in enumerate(parts))


def sentences(text: str) -> str:
    """Clauses that semicolons part as sentences, each once.

    Examples
    --------
    >>> sentences("the sides agree; x is 1; the sides agree")
    'The sides agree. x is 1.'
    """
    return " ".join(f"{_capitalised(clause.rstrip('.'))}." for clause in dict.fromkeys(text.split("; ")) if clause)


def first_sentence(text: str) -> str:
    """The text up to the first stop that a capital letter follows; that of an abbreviation, as in "Fig.", is none.

    Examples
    --------
    >>> first_sentence("Dots are of Fig. 4, at 0.1 s. Lines are theory.")
    'Dots are of Fig. 4, at 0.1 s.'
    """
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text, maxsplit=1)[0]


def _capitalised(clause: str) -> str:
    """The clause with a capital letter, unless it begins with a symbol."""
    return re.sub(r"^(?:[a-z]{2,}(?=[ ,:]|$)|a(?= [a-z]{2}))", lambda found: found[0].capitalize(), clause)


def introduction(docstring: str | None) -> list[Markup]:
    """Paragraphs of a chapter's docstring, without its first line."""
    _, *paragraphs = (docstring or "").strip().split("\n\n")
    return [prose(paragraph) for paragraph in paragraphs]


def _mathml(latex: str, display: str) -> Markup:
    """MathML with its text escaped, which latex2mathml's own ``convert`` undoes to keep its character references."""
    element = convert_to_element(latex, display=display)
    _set_functions_apart(element)
    text = tostring(element, encoding="unicode")
    return Markup(re.sub(r"&amp;(#x[0-9A-Fa-f]+;)", r"&\1", text))  # noqa: S704 (serialised by ElementTree)


def _set_functions_apart(parent: Element) -> None:
    """Put thin spaces about functions, which latex2mathml sets without: about ``ln``, and about ``sinh^{-1}``."""
    children = []
    for child in parent:
        base = child[0] if child.tag in SCRIPTS else child
        function = base.tag == "mi" and re.fullmatch("[a-z]{2,}", base.text or "")
        children += [_thin(), child, _thin()] if function and parent.tag not in FIXED else [child]
        _set_functions_apart(child)
    parent[:] = children


def _thin() -> Element:
    return Element("mspace", width="0.17em")
