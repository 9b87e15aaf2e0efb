"""What a check found, told so that a reader can follow it."""

from collections.abc import Mapping
from typing import NamedTuple


class Evidence(NamedTuple):
    """What a check found.

    ``text`` is made of clauses that :func:`flowdln.reproduction.typesetting.sentences` can show as sentences: they say
    what was checked, on what, and what came out. What only a reader of the code can use is in ``detail``.
    """

    holds: bool | None  # None: neither shown nor refuted
    symbolic: bool  # a proof, for all values of the symbols; otherwise a test on instances
    text: str
    instance: Mapping[str, str] = {}  # numbers that show it, by name: of a refutation, the counterexample
    order: float | None = None  # of an approximation: its error falls as this power of what is small, as measured
    detail: str = ""


def conjunction(*answers: bool | None) -> bool | None:
    """Whether all hold: False if one does not, None if that depends on one that is unknown, or if there are none.

    Examples
    --------
    >>> conjunction(True, None), conjunction(False, None), conjunction(True, True)
    (None, False, True)
    """
    if False in answers:
        return False
    return None if None in answers or not answers else True


def combined(*evidence: Evidence) -> Evidence:
    """Evidence that all of several statements hold, as strong as the weakest; the first refutation's instance is kept.

    If some are approximations, so is the whole, of their lowest order.

    Examples
    --------
    >>> both = combined(Evidence(True, True, "proved"), Evidence(True, False, "tested"))
    >>> both.holds, both.symbolic, both.text
    (True, False, 'proved; tested')
    """
    holds = conjunction(*(piece.holds for piece in evidence))
    refuting = next((piece.instance for piece in evidence if piece.holds is False), {})
    symbolic = all(piece.symbolic for piece in evidence)
    order = min((piece.order for piece in evidence if piece.order is not None), default=None)
    text = "; ".join(piece.text for piece in evidence)
    detail = "; ".join(piece.detail for piece in evidence if piece.detail)
    return Evidence(holds, symbolic, text, refuting, order, detail)
