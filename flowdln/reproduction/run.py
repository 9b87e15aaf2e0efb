"""Everything at once: decide the claims, make the figures, write the page."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from flowdln.errors import InputError
from flowdln.reproduction.checkout import load_chapters, load_figures
from flowdln.reproduction.gallery import Picture, failed_figure, make_figure
from flowdln.reproduction.ledger import select_claims
from flowdln.reproduction.page import write_page
from flowdln.symbolic import Verdict, decide

LOG = logging.getLogger("flowdln")


class Reproduction(NamedTuple):
    """What came out."""

    page: Path
    pictures: Sequence[Picture]
    verdicts: Sequence[tuple[str, Verdict]]

    @property
    def passed(self) -> bool:
        """Whether every claim holds and every number is within its tolerance."""
        return all(picture.passed for picture in self.pictures) and all(verdict.settled for _, verdict in self.verdicts)


def reproduce(folder: Path, *, quick: bool = False, progress: bool = True) -> Reproduction:
    """Decide all claims, make all figures, and write ``index.html`` into ``folder``.

    A figure that fails is reported on the page; the others are still made.
    """
    chapters, figures = load_chapters(), load_figures()
    claims = select_claims(chapters)
    prepare_folder(folder)
    with tqdm(total=len(claims) + len(figures), desc="reproduce", disable=not progress) as bar:
        verdicts = []
        for name, claim in claims:
            bar.set_postfix_str(claim.id)
            verdicts.append((name, decide(claim)))
            bar.update()
        pictures = make_figures(figures, figures, folder, quick=quick, bar=bar)
    return Reproduction(write_page(folder, pictures, chapters, verdicts), pictures, verdicts)


def make_figures(
    modules: Mapping[str, ModuleType], names: Iterable[str], folder: Path, *, quick: bool, bar: tqdm
) -> list[Picture]:
    """Pictures of the named figures, saved in ``folder``; BLAS runs on one thread, which is faster for small matrices.

    Raises
    ------
    InputError
        For a name that is no figure's.
    """
    wanted = list(names)
    for name in wanted:
        if name not in modules:
            raise InputError(
                what="the figure", received=f"is {name!r}", expected=", ".join(modules), advice="Choose one of them."
            )
    pictures = []
    with threadpool_limits(1):
        for name in wanted:
            bar.set_postfix_str(name)
            try:
                pictures.append(make_figure(name, modules[name], folder, quick=quick))
            except Exception as error:  # whatever one figure does, the others are made, and the page says so
                LOG.exception("figure %s failed", name)
                pictures.append(failed_figure(name, modules[name], error))
            bar.update()
    return pictures


def prepare_folder(folder: Path) -> None:
    """Make ``folder``, or raise :class:`InputError` if it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(
            what=str(folder),
            received=f"cannot be written to ({error.strerror})",
            expected="a folder for pictures",
            advice="Choose another with --output.",
        ) from error
