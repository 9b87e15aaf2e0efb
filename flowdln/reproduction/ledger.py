"""The claims of ``derivations/``: chosen by name, decided in parallel, and written as a ledger."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from tqdm import tqdm

from flowdln.choices import chosen
from flowdln.reproduction import checkout
from flowdln.reproduction.processes import Task, run_tasks
from flowdln.reproduction.progress import Lines
from flowdln.symbolic import Claim, Decision, Evidence, Verdict, decide
from flowdln.symbolic.claims import OWN

LOG = logging.getLogger("flowdln")
Result = tuple[Decision, Decision | None, float]  # a verdict without its claim, whose functions no process can send


class Entry(NamedTuple):
    """A decided claim in its chapter."""

    chapter: str
    verdict: Verdict


def select_claims(
    chapters: Mapping[str, ModuleType], wanted: Iterable[str] = (), documents: Collection[str] = ()
) -> list[tuple[str, Claim]]:
    """Claims with the names of their chapters; ``wanted`` are ids, chapters or documents, none for all.

    Statements made here first are of the document ``flowdln``.

    Raises
    ------
    InputError
        For a name that is none of these.
    """
    named = set(wanted)
    names = [OWN, *documents, *chapters, *(claim.id for chapter in chapters.values() for claim in chapter.CLAIMS)]
    for name in sorted(named):
        chosen(
            "the claim",
            name,
            names,
            expected=f"a document ({', '.join((*documents, OWN))}), a chapter, or an id",
            advice=f"Chapters are {', '.join(chapters)}; `flowdln verify` without a name shows all ids.",
        )
    return [
        (name, claim)
        for name, chapter in chapters.items()
        for claim in chapter.CLAIMS
        if not named or named & {name, claim.id, claim.document}
    ]


def decide_claims(claims: Sequence[tuple[str, Claim]], bar: tqdm | Lines, jobs: int | None = None) -> list[Entry]:
    """The claims decided, in their order; those that an interrupt by Ctrl-C left undecided are missing."""
    tasks = [Task(claim.id, decide_by_id, (claim.id,)) for _, claim in claims]
    return entries(claims, run_tasks(tasks, bar, jobs))


def entries(claims: Iterable[tuple[str, Claim]], results: Mapping[str, Result]) -> list[Entry]:
    """The claims with what was found of them; those of which nothing was found are missing."""
    return [Entry(chapter, Verdict(claim, *results[claim.id])) for chapter, claim in claims if claim.id in results]


def decide_by_id(name: str) -> Result:
    """What was found of the claim with this id, also in another process; a check that raises has ``"crashed"``."""
    claim = next(claim for chapter in checkout.load_chapters().values() for claim in chapter.CLAIMS if claim.id == name)
    try:
        verdict = decide(claim)
    except Exception as error:  # whatever one check does, the others are made, and the ledger says so
        LOG.exception("the check of %s crashed", name)
        unknown = Evidence(holds=None, symbolic=False, text=f"{type(error).__name__}: {error}")
        return Decision("crashed", unknown, unknown), None, 0.0
    return verdict.decision, verdict.correction, verdict.seconds


def ledger(entries: Iterable[Entry]) -> dict[str, Any]:
    """What was decided, as JSON values by id."""
    return {
        verdict.claim.id: {
            "document": verdict.claim.document,
            "place": verdict.claim.place,
            "chapter": chapter,
            "title": verdict.claim.title,
            "statement": verdict.claim.statement,
            "assumptions": verdict.claim.assumptions,
            "unstated": verdict.claim.unstated,
            "verdict": verdict.outcome,
            "kind": verdict.claim.kind,
            "evidence": _evidence(verdict.decision.evidence),
            "control": verdict.decision.control.text,
            "correction": _correction(verdict),
            "settled": verdict.settled,
            "doubt": verdict.doubt,
            "seconds": round(verdict.seconds, 3),
        }
        for chapter, verdict in entries
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    found = {"text": evidence.text, "detail": evidence.detail, "instance": dict(evidence.instance)}
    return found if evidence.order is None else found | {"order": evidence.order}


def _correction(verdict: Verdict) -> dict[str, Any] | None:
    mended, decision = verdict.claim.correction, verdict.correction
    if mended is None or decision is None:
        return None
    return {
        "title": mended.title,
        "statement": mended.statement,
        "assumptions": mended.assumptions,
        "verdict": decision.outcome,
        "evidence": _evidence(decision.evidence),
        "control": decision.control.text,
    }
