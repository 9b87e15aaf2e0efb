"""Claims, and verdicts that are computed from what their checks return."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.kinds import Kind

OWN = "flowdln"  # the document of what is stated here first
ESTABLISHED = ("proved", "proved under assumptions", "holds numerically")
OUTCOMES = (*ESTABLISHED, "approximate", "refuted", "open", "control not rejected", "crashed")


@dataclass(frozen=True)
class Correction:
    """What is true in place of a statement that is not; decided as a claim is.

    Parameters
    ----------
    title, statement
        A sentence, and LaTeX.
    check, control
        As in :class:`Claim`.
    assumptions
        What it needs, one phrase each.
    """

    title: str
    statement: str
    check: Callable[[], Evidence]
    control: Callable[[], Evidence]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement with the check that decides it and a control that must fail.

    Parameters
    ----------
    id
        Unique, as typed after ``flowdln verify``.
    title
        A sentence.
    statement
        LaTeX, as it is printed where it comes from.
    place
        Where in ``document`` it stands; of our own statements, who else has them.
    check
        Decides the statement.
    control
        The same check of a statement that is false on purpose: a flipped sign, a lost factor.
    document
        Short name of the document that makes the statement.
    assumptions
        What the statement needs and its document says, one phrase each.
    unstated
        What it needs besides, which its document does not say.
    derivation
        Why it is so, or is not: sentences with ``$formulas$``, for a reader without the code.
    kind
        Of a statement that does not hold, what is wrong with it; None for all others.
    correction
        What is true instead, if it does not hold.
    """

    id: str
    title: str
    statement: str
    place: str
    check: Callable[[], Evidence]
    control: Callable[[], Evidence]
    document: str = OWN
    assumptions: tuple[str, ...] = ()
    unstated: tuple[str, ...] = ()
    derivation: str = ""
    kind: Kind | None = None
    correction: Correction | None = None


class Decision(NamedTuple):
    """What check and control returned, and what follows from it."""

    outcome: str  # one of OUTCOMES
    evidence: Evidence
    control: Evidence

    @property
    def established(self) -> bool:
        """Whether the statement was shown by a check that can fail."""
        return self.outcome in ESTABLISHED


@dataclass(frozen=True)
class Verdict:
    """A decided claim."""

    claim: Claim
    decision: Decision
    correction: Decision | None = None  # of its correction, if it has one
    seconds: float = field(default=0.0, compare=False)

    @property
    def outcome(self) -> str:
        """One of ``OUTCOMES``."""
        return self.decision.outcome

    @property
    def settled(self) -> bool:
        """Whether the verdict can be relied on: whether there is no :attr:`doubt`."""
        return not self.doubt

    @property
    def doubt(self) -> str:
        """Why the verdict cannot be relied on; empty if it can.

        A refutation needs numbers that show it, a kind, and a correction that is established; what is not refuted may
        have no kind; what is stated here first has to be established itself; and no control may pass.
        """
        refuted, kind, mended = self.outcome == "refuted", self.claim.kind, self.correction
        own = self.claim.document == OWN
        reasons = {
            f"the outcome is: {self.outcome}": self.outcome in {"control not rejected", "crashed"},
            "it is stated here first and not established": own and not self.decision.established,
            "it has the kind of a refuted statement and is not refuted": kind is not None and not refuted,
            f"its kind is not given ({', '.join(Kind)})": refuted and kind is None,
            "no numbers refute it": refuted and not self.decision.evidence.instance,
            "it is refuted without a correction": refuted and mended is None,
            "its correction is not established": mended is not None and not mended.established,
        }
        return next((reason for reason, applies in reasons.items() if applies), "")


def decide(claim: Claim) -> Verdict:
    """Verdict on a claim, and on its correction if it has one.

    Nothing is caught: an error in a check is an error.

    Examples
    --------
    >>> yes, no = Evidence(True, True, "1 = 1"), Evidence(False, True, "1 = 2")
    >>> one = Claim(id="one", title="One.", statement="1 = 1", place="here", check=lambda: yes, control=lambda: no)
    >>> decide(one).outcome
    'proved'
    """
    start = time.perf_counter()
    decision = _decide(claim, claim.assumptions + claim.unstated)
    mended = claim.correction
    correction = _decide(mended, mended.assumptions) if mended else None
    return Verdict(claim, decision, correction, time.perf_counter() - start)


def _decide(statement: Claim | Correction, assumptions: tuple[str, ...]) -> Decision:
    evidence, control = statement.check(), statement.control()
    if control.holds is None or control.holds:
        outcome = "control not rejected"
    elif evidence.holds is None:
        outcome = "open"
    elif not evidence.holds:
        outcome = "refuted"
    elif evidence.order is not None:
        outcome = "approximate"
    elif not evidence.symbolic:
        outcome = "holds numerically"
    else:
        outcome = "proved under assumptions" if assumptions else "proved"
    return Decision(outcome, evidence, control)
