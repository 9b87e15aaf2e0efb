"""Verdicts kept on disk until their chapter, or what it imports, changes."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any

from flowdln.reproduction.cache import all_remembered, remember, remembered
from flowdln.reproduction.ledger import Entry, Result
from flowdln.reproduction.sources import fingerprint
from flowdln.symbolic import Decision, Evidence
from flowdln.symbolic.claims import OUTCOMES

LOG = logging.getLogger("flowdln")


def recall_results(chapters: Mapping[str, ModuleType], folder: Path) -> dict[str, Result]:
    """What was found before of claims of unchanged chapters, by id."""
    found: dict[str, Result] = {}
    for name, chapter in chapters.items():
        kept = remembered(f"chapter-{name}", _mark(chapter), folder)
        try:
            found |= _results({} if kept is None else kept)
        except (AttributeError, TypeError, ValueError) as error:
            LOG.warning("what is kept of chapter %s is no verdicts (%s); deciding it again", name, error)
    return found


def recall_seconds(folder: Path) -> dict[str, float]:
    """Seconds that figures and claims took when they were last made, by name, even if they have changed since."""
    found: dict[str, float] = {}
    for stem, kept in all_remembered(folder):
        try:
            if stem.startswith("chapter-"):
                found |= {claim: seconds for claim, (_, _, seconds) in _results(kept).items()}
            else:
                found[stem] = float(kept["seconds"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            LOG.debug("what is kept of %s tells no times (%s)", stem, error)
    return found


def keep_results(entries: Iterable[Entry], chapters: Mapping[str, ModuleType], folder: Path) -> None:
    """Keep what was found, except of checks that crashed."""
    results: dict[str, dict[str, Result]] = {}
    for chapter, verdict in entries:
        if verdict.outcome != "crashed":
            result = (verdict.decision, verdict.correction, verdict.seconds)
            results.setdefault(chapter, {})[verdict.claim.id] = result
    for name, found in results.items():
        remember(found, f"chapter-{name}", _mark(chapters[name]), folder)


def _mark(chapter: ModuleType) -> str:
    return fingerprint({}, Path(str(chapter.__file__)))


def _results(kept: Any) -> dict[str, Result]:
    """Results from what was kept of a chapter; what is of another shape raises one of Python's errors."""
    return {
        claim: (_decision(decision), _decision(correction) if correction else None, float(seconds))
        for claim, (decision, correction, seconds) in kept.items()
    }


def _decision(kept: Any) -> Decision:
    outcome, evidence, control = kept
    if outcome not in OUTCOMES:
        message = f"{outcome!r} is no verdict"
        raise ValueError(message)
    return Decision(outcome, _evidence(evidence), _evidence(control))


def _evidence(kept: Any) -> Evidence:
    evidence = Evidence(*kept)
    kinds: tuple[Any, ...] = ((bool, NoneType), bool, str, dict, (int, float, NoneType), str)
    if not all(isinstance(value, kind) for value, kind in zip(evidence, kinds, strict=True)):
        message = f"{kept!r} is no evidence"
        raise TypeError(message)
    return evidence
