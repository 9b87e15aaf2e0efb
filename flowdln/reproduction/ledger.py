"""The claims of ``derivations/``, chosen by name."""

from collections.abc import Iterable, Mapping
from types import ModuleType

from flowdln.errors import InputError
from flowdln.symbolic import Claim


def select_claims(chapters: Mapping[str, ModuleType], wanted: Iterable[str] = ()) -> list[tuple[str, Claim]]:
    """Claims with the names of their chapters; ``wanted`` are ids or chapters, none for all.

    Raises
    ------
    InputError
        For a name that is neither.
    """
    chosen = set(wanted)
    names = {*chapters, *(claim.id for chapter in chapters.values() for claim in chapter.CLAIMS)}
    if not chosen <= names:
        raise InputError(
            what="the claim",
            received=f"is {min(chosen - names)!r}",
            expected=f"one of {', '.join(sorted(names))}",
            advice="`flowdln verify` without a name decides all of them.",
        )
    return [
        (name, claim)
        for name, chapter in chapters.items()
        for claim in chapter.CLAIMS
        if not chosen or name in chosen or claim.id in chosen
    ]
