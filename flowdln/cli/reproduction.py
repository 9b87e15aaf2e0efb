"""``flowdln verify``, ``figures`` and ``reproduce``: what becomes of a checkout."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowdln.cli.files import opened
from flowdln.cli.terminal import end, say
from flowdln.errors import InputError

if TYPE_CHECKING:
    from flowdln.reproduction.gallery import Size

Folder = Annotated[Path, typer.Option("--output", "-o", help="Folder for pictures and pages.")]
Quick = Annotated[bool, typer.Option("--quick", help="Smaller sizes, the same checks.")]
Full = Annotated[bool, typer.Option("--full", help="The sizes of the papers; may take half an hour.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes; one a core if left out.", show_default=False)
]


def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Documents, chapters or ids; all if none is named.")] = None,
    outcome: Annotated[str | None, typer.Option("--verdict", help="Show only these, e.g. refuted.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the verdicts to this file.")] = None,
    jobs: Jobs = None,
) -> None:
    """Decide the claims of derivations/, each with a control that must fail; one that is named alone is told in full.

    Ends with exit code 1 if a check crashes, a control passes, a refutation has no correction or no kind, or one of
    our own statements does not hold.
    """
    from flowdln.reproduction import checkout, story
    from flowdln.reproduction.ledger import decide_claims, ledger, select_claims
    from flowdln.reproduction.progress import shown as progress_of

    story.check_outcome(outcome)
    claims = select_claims(checkout.load_chapters(), names or (), checkout.load_documents())
    with opened(json_file) as file, progress_of(len(claims), "verify") as bar:
        entries = decide_claims(claims, bar, jobs)
        if file:
            file.write(json.dumps(ledger(entries), indent=1, ensure_ascii=False).encode() + b"\n")
    shown = [entry.verdict for entry in entries if outcome in {None, entry.verdict.outcome}]
    say(story.tell(shown[0]) if len(claims) == len(shown) == 1 else "\n".join(map(story.row, shown)))
    say(story.summary([entry.verdict for entry in entries]))
    if len(entries) > 1:
        say(story.durations([entry.verdict for entry in entries]))
    end(stopped=len(entries) < len(claims), failed=not all(entry.verdict.settled for entry in entries))


def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Figures; all if none is named.")] = None,
    output: Folder = Path("reproduction"),
    quick: Quick = False,
    full: Full = False,
    jobs: Jobs = None,
) -> None:
    """Make figures of figures/ and check their numbers; exit code 1 if one is off."""
    from flowdln.reproduction import checkout
    from flowdln.reproduction.progress import shown as progress_of
    from flowdln.reproduction.run import make_figures, prepare_folder

    wanted = names or list(checkout.load_figures())
    prepare_folder(output)
    with progress_of(len(wanted), "figures") as bar:
        pictures = make_figures(wanted, output, bar, size=_size(quick=quick, full=full), jobs=jobs)
    for picture in pictures:
        made = picture.name if picture.error else f"{output / picture.name}.png"
        outcome = picture.error or f"({picture.size}, {picture.seconds:.1f} s)"
        say(f"{'ok    ' if picture.passed else 'FAILED'}  {made}  {outcome}")
        for check in picture.checks:
            if not check.passed:
                say(f"        {check.name}: {check.found:.6g}, expected {check.expected:g} +- {check.tolerance:g}")
    end(stopped=len(pictures) < len(wanted), failed=not all(picture.passed for picture in pictures))


def reproduce(
    output: Folder = Path("reproduction"), quick: Quick = False, full: Full = False, jobs: Jobs = None
) -> None:
    """Decide every claim, make every figure, and write the pages that show them; what has not changed is kept."""
    from flowdln.reproduction import story
    from flowdln.reproduction.run import reproduce as run

    result = run(output, size=_size(quick=quick, full=full), jobs=jobs)
    passing = sum(picture.passed for picture in result.pictures)
    say(story.summary([entry.verdict for entry in result.entries]))
    say(f"{passing} of {len(result.pictures)} figures pass")
    say(f"The page is {result.page.resolve()}")
    end(stopped=not result.complete, failed=not result.passed)


def _size(*, quick: bool, full: bool) -> "Size":
    if quick and full:
        raise InputError("the size is both --quick and --full; expected one of them. Leave one out.")
    return "quick" if quick else "full" if full else "default"
