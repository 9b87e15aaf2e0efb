"""The page that shows it all: figures with their numbers, and the claims with their verdicts."""

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import ModuleType

from jinja2 import Environment
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from flowdln.reproduction.gallery import Picture
from flowdln.symbolic import Verdict


def write_page(
    folder: Path,
    pictures: Sequence[Picture],
    chapters: Mapping[str, ModuleType],
    verdicts: Sequence[tuple[str, Verdict]],
) -> Path:
    """Path of ``index.html``, written into ``folder`` beside the pictures."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"prose": prose, "formula": formula}
    template = resources.files("flowdln.reproduction").joinpath("page.html.j2").read_text(encoding="utf-8")
    ledger = [
        (chapter, [verdict for home, verdict in verdicts if home == name])
        for name, chapter in chapters.items()
        if any(home == name for home, _ in verdicts)
    ]
    path = folder / "index.html"
    path.write_text(environment.from_string(template).render(pictures=pictures, ledger=ledger), encoding="utf-8")
    return path


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
