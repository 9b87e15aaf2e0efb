"""Verdicts kept on disk until their chapter, or what it imports, changes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from flowdln.reproduction.cache import remember, remembered
from flowdln.reproduction.ledger import Entry, Result
from flowdln.reproduction.sources import fingerprint
from flowdln.symbolic import Decision, Evidence


def recall_results(chapters: Mapping[str, ModuleType], folder: Path) -> dict[str, Result]:
    """What was found before of claims of unchanged chapters, by id."""
    found: dict[str, Result] = {}
    for name, chapter in chapters.items():
        kept = remembered(f"chapter-{name}", _mark(chapter), folder) or {}
        found |= {
            claim: (_decision(decision), _decision(correction) if correction else None, seconds)
            for claim, (decision, correction, seconds) in kept.items()
        }
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


def _decision(kept: list[Any]) -> Decision:
    outcome, evidence, control = kept
    return Decision(outcome, Evidence(*evidence), Evidence(*control))
