"""Everything at once: decide the claims, make the figures, write the pages."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from tqdm import tqdm

from flowdln.choices import chosen
from flowdln.errors import DatasetError
from flowdln.replacement import replacing, unwritable
from flowdln.reproduction import checkout
from flowdln.reproduction.gallery import Picture, Size, make_by_name, recall_picture
from flowdln.reproduction.ledger import Entry, decide_by_id, entries, select_claims
from flowdln.reproduction.memory import keep_results, recall_results, recall_seconds
from flowdln.reproduction.pages import rendered_pages
from flowdln.reproduction.processes import Task, run_tasks
from flowdln.reproduction.progress import Lines, shown

LOG = logging.getLogger("flowdln")
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

    A figure that fails is reported on the page; the others are still made. After Ctrl-C the page shows what is known,
    and says so if that is not all.
    """
    chapters, figures, documents = checkout.load_chapters(), checkout.load_figures(), checkout.load_documents()
    prepare_folder(folder)
    with replacing(folder / PAGE) as gallery:
        claims = select_claims(chapters)
        verdicts, pictures = recall_results(chapters, folder / "cache"), recall_pictures(figures, folder, size)
        tasks = figure_tasks([name for name in figures if name not in pictures], folder, size)
        tasks += [Task(claim.id, decide_by_id, (claim.id,)) for _, claim in claims if claim.id not in verdicts]
        with shown(len(tasks), "reproduce") if progress else tqdm(disable=True) as bar:
            results = run_tasks(longest_first(tasks, folder), bar, jobs)
        decided = entries(claims, verdicts | results)
        keep_results(decided, chapters, folder / "cache")
        pictures |= {name: results[name] for name in figures if name in results}
        made = [pictures[name] for name in figures if name in pictures]
        stopped, parts = len(results) < len(tasks), checkout.load_parts()
        pages = rendered_pages(folder, made, chapters, decided, documents, parts, stopped=stopped)
        gallery.write(pages.pop(PAGE).encode())
        for name, text in pages.items():
            with replacing(folder / name) as page:
                page.write(text.encode())
    return Reproduction(folder / PAGE, made, decided, complete=not stopped)


def recall_pictures(figures: Mapping[str, ModuleType], folder: Path, size: Size) -> dict[str, Picture]:
    """Pictures that are in ``folder`` and would be the same if they were made again, by name."""
    found: dict[str, Picture] = {}
    for name, module in figures.items():
        try:
            picture = recall_picture(name, module, folder, size)
        except DatasetError as error:  # the picture cannot be made either, and will say so
            LOG.debug("%s is not known: %s", name, error)
        else:
            found |= {name: picture} if picture else {}
    return found


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
    """Make ``folder`` and the cache in it, or raise :class:`InputError` if they cannot be made."""
    try:
        (folder / "cache").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wanted, advice = "a folder for pictures", "Choose another with --output."
        raise unwritable(folder, error.strerror, expected=wanted, advice=advice) from error
