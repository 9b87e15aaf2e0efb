"""The pages that show it all: the gallery, the ledger, a page for each chapter, and errata for each document."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flowdln.reproduction.checkout import Document
from flowdln.reproduction.gallery import Picture
from flowdln.reproduction.ledger import Entry
from flowdln.reproduction.story import count_kinds
from flowdln.reproduction.typesetting import first_sentence, formula, introduction, prose, sentences
from flowdln.symbolic.claims import OUTCOMES
from flowdln.symbolic.kinds import Kind

OTHER = "Of our own"  # figures that are in no document


def rendered_pages(
    folder: Path,
    pictures: Sequence[Picture],
    chapters: Mapping[str, ModuleType],
    entries: Sequence[Entry],
    documents: Mapping[str, Document],
    parts: Mapping[str, Sequence[str]],
    *,
    stopped: bool = False,
) -> dict[str, str]:
    """Text of ``index.html`` and the other pages by name, to be beside the pictures in ``folder``.

    Every page is one file without scripts, and the gallery carries its pictures and their code: all works from disk,
    without a network. The SVG, PDF and GIF files that it links to are beside it. If ``stopped``, the gallery says so.
    """
    homes = {verdict.claim.id: chapter for chapter, verdict in entries}
    decided = {name: chapters[name] for name in dict.fromkeys(homes.values())}
    environment = _environment(folder)
    environment.globals |= {
        "documents": documents,
        "chapters": decided,
        "parts": {title: [name for name in names if name in decided] for title, names in parts.items()},
        "entries": entries,
        "homes": homes,
        "counts": [(outcome, count) for outcome, count in _counts(entries).items() if count],
        "count_kinds": count_kinds,
        "kinds": tuple(Kind),
        "stopped": stopped,
        "illustrations": _illustrations(pictures),
    }
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "index.html": ("gallery.html.j2", {"groups": _groups(pictures, documents), "pictures": pictures}),
        "claims.html": ("claims.html.j2", {}),
    }
    pages |= {
        f"chapter-{name}.html": ("chapter.html.j2", {"name": name, "chapter": chapter})
        for name, chapter in decided.items()
    }
    pages |= {f"errata-{name}.html": ("errata.html.j2", {"name": name}) for name in documents}
    return {
        file: environment.get_template(template).render(page=file, **content)
        for file, (template, content) in pages.items()
    }


def _environment(folder: Path) -> Environment:
    loader = PackageLoader("flowdln.reproduction", "templates")
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"prose": prose, "formula": formula, "introduction": introduction, "sentences": sentences}
    environment.filters["first_sentence"] = first_sentence

    def embedded(file: str) -> Markup:
        content = b64encode((folder / file).read_bytes()).decode()
        return Markup("data:image/png;base64,") + content

    environment.filters["embedded"] = embedded
    return environment


def _counts(entries: Sequence[Entry]) -> dict[str, int]:
    found = Counter(verdict.outcome for _, verdict in entries)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def _illustrations(pictures: Sequence[Picture]) -> dict[str, list[Picture]]:
    """The pictures that illustrate a claim, by its id."""
    shown: dict[str, list[Picture]] = {}
    for picture in pictures:
        for claim in picture.claims:
            shown.setdefault(claim, []).append(picture)
    return shown


def _groups(pictures: Sequence[Picture], documents: Mapping[str, Document]) -> dict[str, list[Picture]]:
    """Pictures by document: a figure's name begins with that of its document."""
    groups: dict[str, list[Picture]] = {}
    for picture in pictures:
        name = picture.name.split("_")[0]
        heading = documents[name].authors if name in documents else OTHER
        groups.setdefault(heading, []).append(picture)
    return {heading: groups[heading] for heading in sorted(groups, key=lambda heading: heading == OTHER)}
