"""Verdicts as text, for a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from flowdln.choices import chosen
from flowdln.symbolic.claims import OUTCOMES, Correction, Decision, Verdict
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.kinds import Kind


def row(verdict: Verdict) -> str:
    """A line of a table: verdict, with the kind of what is refuted, id, title."""
    kind = f", {verdict.claim.kind}" if verdict.claim.kind else ""
    mark = "" if verdict.settled else " (!)"
    return f"{verdict.outcome + kind + mark:<25} {verdict.claim.id:<28} {verdict.claim.title}"


def tell(verdict: Verdict) -> str:
    """The whole story of a claim: what it says and why, how it was decided, and what is true instead."""
    claim, correction = verdict.claim, verdict.claim.correction
    lines = [claim.title, "", f"  {claim.statement}", ""]
    lines += [f"{'source:':<14}{', '.join(filter(None, (claim.document, claim.place)))}"]
    lines += [f"{'assumptions:':<14}{'; '.join(claim.assumptions) or 'none'}"]
    if claim.unstated:
        lines.append(f"{'not stated:':<14}{'; '.join(claim.unstated)}")
    doubt = f", which cannot be relied on: {verdict.doubt}" if verdict.doubt else ""
    lines += [f"{'verdict:':<14}{verdict.outcome}{doubt}"]
    if claim.kind:
        lines.append(f"{'kind:':<14}{claim.kind.name_of()}. {claim.kind.meaning}")
    lines += _found(verdict.decision)
    if claim.derivation:
        lines += ["", claim.derivation]
    if correction and verdict.correction:
        lines += ["", *_corrected(correction, verdict.correction)]
    return "\n".join([*lines, "", f"{'time:':<14}{verdict.seconds:.2f} s", ""])


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many of each outcome, of the refuted ones how many of each kind, and how many that cannot be relied on."""
    found = Counter(verdict.outcome for verdict in verdicts)
    kinds = ", ".join(f"{count} {kind.name_of(count)}" for kind, count in count_kinds(verdicts).items())
    details = {"refuted": f" ({kinds})" if kinds else ""}
    counts = ", ".join(f"{found[it]} {it}{details.get(it, '')}" for it in OUTCOMES if found[it])
    unsettled = sum(not verdict.settled for verdict in verdicts)
    doubts = f"; {unsettled} cannot be relied on (!)" if unsettled else ""
    number = f"{len(verdicts)} claim{'' if len(verdicts) == 1 else 's'}"
    return f"{number}: {counts or 'none'}{doubts}"


def count_kinds(verdicts: Iterable[Verdict]) -> dict[Kind, int]:
    """How many refuted statements there are of each kind that occurs, most weighty first."""
    found = Counter(verdict.claim.kind for verdict in verdicts if verdict.outcome == "refuted")
    return {kind: found[kind] for kind in Kind if found[kind]}


def durations(verdicts: Sequence[Verdict]) -> str:
    """How long the checks took, and which took longest."""
    slowest = max(verdicts, key=lambda verdict: verdict.seconds)
    total = sum(verdict.seconds for verdict in verdicts)
    return f"checks and controls took {total:.0f} s, the slowest, {slowest.claim.id}, {slowest.seconds:.1f} s"


def check_outcome(outcome: str | None) -> None:
    """Raise :class:`InputError` unless this is an outcome, or None."""
    if outcome is not None:
        chosen("the verdict", outcome, OUTCOMES, advice="Leave --verdict out to see all.")


def _found(decision: Decision) -> Iterator[str]:
    yield from _evidence("check:", decision.evidence)
    fate = "rejected" if decision.control.holds is False else "not rejected"
    yield from _evidence("control:", decision.control._replace(text=f"{fate}: {decision.control.text}", instance={}))


def _evidence(label: str, evidence: Evidence) -> Iterator[str]:
    order = "" if evidence.order is None else f"; the error falls as the power {evidence.order:.3g}"
    yield f"{label:<14}{evidence.text}{order}"
    if evidence.detail:
        yield f"{'':<16}{evidence.detail}"
    yield from (f"{'':<16}{name} = {value}" for name, value in evidence.instance.items())


def _corrected(correction: Correction, decision: Decision) -> Iterator[str]:
    yield f"{'instead:':<14}{correction.title}"
    yield from ("", f"  {correction.statement}", "")
    if correction.assumptions:
        yield f"{'assumptions:':<14}{'; '.join(correction.assumptions)}"
    yield f"{'verdict:':<14}{decision.outcome}"
    yield from _found(decision)
