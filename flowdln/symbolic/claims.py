"""Claims, and verdicts that are computed from what their checks return."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Evidence(NamedTuple):
    """What a check found."""

    holds: bool
    symbolic: bool  # a proof, for all values of the symbols; otherwise a test on instances
    text: str  # what was done and what came out, for a reader


@dataclass(frozen=True)
class Claim:
    """A statement with the check that decides it and a control that must fail.

    Parameters
    ----------
    id
        Unique, as typed after ``flowdln verify``.
    title
        A sentence.
    statement
        LaTeX.
    assumptions
        What the statement needs, one phrase each; empty if it holds as it stands.
    source
        Where it is stated.
    check
        Decides the statement.
    control
        The same check of a statement that is false on purpose: a flipped sign, a lost factor.
    """

    id: str
    title: str
    statement: str
    assumptions: tuple[str, ...]
    source: str
    check: Callable[[], Evidence]
    control: Callable[[], Evidence]


class Verdict(NamedTuple):
    """A decided claim."""

    claim: Claim
    outcome: str  # "proved", "proved under assumptions", "holds numerically", "refuted", "control passed"
    evidence: Evidence
    control: Evidence
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the claim was established by a check that can fail."""
        return self.outcome in {"proved", "proved under assumptions", "holds numerically"}


def decide(claim: Claim) -> Verdict:
    """Verdict on a claim; ``"control passed"`` if its check cannot tell it from the control.

    Examples
    --------
    >>> yes, no = Evidence(True, True, "1 = 1"), Evidence(False, True, "1 = 2")
    >>> decide(Claim("one", "One is one.", "1 = 1", (), "here", lambda: yes, lambda: no)).outcome
    'proved'
    """
    start = time.perf_counter()
    evidence, control = claim.check(), claim.control()
    if control.holds:
        outcome = "control passed"
    elif not evidence.holds:
        outcome = "refuted"
    elif not evidence.symbolic:
        outcome = "holds numerically"
    else:
        outcome = "proved under assumptions" if claim.assumptions else "proved"
    return Verdict(claim, outcome, evidence, control, time.perf_counter() - start)
