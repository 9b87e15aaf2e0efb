"""Everything at once: decide the claims, make the figures, write the pages."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from flowdln.choices import chosen
from flowdln.replacement import require_writable, unwritable
from flowdln.reproduction import checkout
from flowdln.reproduction.gallery import Picture, Size, make_by_name
from flowdln.reproduction.ledger import Entry, decide_by_id, entries, select_claims
from flowdln.reproduction.memory import keep_results, recall_results, recall_seconds
from flowdln.reproduction.pages import write_pages
from flowdln.reproduction.processes import Task, run_tasks
from flowdln.reproduction.progress import Lines, shown

PAGE = "index.html"


class Reproduction(NamedTuple):
    """What came out."""

    page: Path
    pictures: Sequence[Picture]
    entries: Sequence[Entry]
    complete: bool  # not stopped by Ctrl-C

    @property
    def passed(self) -> bool:
        """Whether all was done, every verdict can be relied on, and every number is within its tolerance."""
        good = all(picture.passed for picture in self.pictures) and all(e.verdict.settled for e in self.entries)
        return self.complete and good


def reproduce(folder: Path, *, size: Size = "default", jobs: int | None = None, progress: bool = True) -> Reproduction:
    """Decide all claims, make all figures, and write ``index.html`` into ``folder``; what has not changed is kept.

    A figure that fails is reported on the page; the others are still made. After Ctrl-C the page shows what was done.
    """
    chapters, figures, documents = checkout.load_chapters(), checkout.load_figures(), checkout.load_documents()
    prepare_folder(folder)
    claims = select_claims(chapters)
    known = recall_results(chapters, folder / "cache")
    tasks = figure_tasks(figures, folder, size)
    tasks += [Task(claim.id, decide_by_id, (claim.id,)) for _, claim in claims if claim.id not in known]
    tasks = longest_first(tasks, folder)
    with shown(len(tasks), "reproduce") if progress else tqdm(disable=True) as bar:
        results = run_tasks(tasks, bar, jobs)
    decided = entries(claims, known | results)
    keep_results(decided, chapters, folder / "cache")
    pictures = [results[name] for name in figures if name in results]
    page = write_pages(folder, pictures, chapters, decided, documents, checkout.load_parts())
    return Reproduction(page, pictures, decided, complete=len(results) == len(tasks))


def make_figures(
    names: Iterable[str], folder: Path, bar: tqdm | Lines, *, size: Size = "default", jobs: int | None = None
) -> list[Picture]:
    """Pictures of the named figures, saved in ``folder``; those that an interrupt by Ctrl-C left out are missing.

    Raises
    ------
    InputError
        For a name that is no figure's.
    """
    wanted, known = list(names), checkout.load_figures()
    for name in wanted:
        chosen("the figure", name, known, advice="Choose one of them.")
    results = run_tasks(longest_first(figure_tasks(wanted, folder, size), folder), bar, jobs)
    return [results[name] for name in wanted if name in results]


def figure_tasks(names: Iterable[str], folder: Path, size: Size) -> list[Task]:
    """The making of figures, as work for other processes."""
    return [Task(name, make_by_name, (name, folder.resolve(), size)) for name in names]


def longest_first(tasks: Iterable[Task], folder: Path) -> list[Task]:
    """The tasks in order of how long they took when last done for ``folder``, after those that never were."""
    seconds = recall_seconds(folder / "cache")
    return sorted(tasks, key=lambda task: seconds.get(task.name, math.inf), reverse=True)


def prepare_folder(folder: Path) -> None:
    """Make ``folder``, or raise :class:`InputError` if it cannot be made, or the page in it not be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wanted, advice = "a folder for pictures", "Choose another with --output."
        raise unwritable(folder, error.strerror, expected=wanted, advice=advice) from error
    require_writable(folder / PAGE)
