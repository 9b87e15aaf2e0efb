"""Progress: a bar on a terminal, and a line now and then for the log of CI."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext

from tqdm import tqdm

EVERY = 5.0  # seconds between lines, at least: what is done sooner needs none


class Lines:
    """What stands for a bar where there is no terminal."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done, self.name = total, what, 0, ""
        self.start = self.told = time.monotonic()

    def set_postfix_str(self, name: str) -> None:
        """Note what was done last."""
        self.name = name

    def update(self) -> None:
        """Count one more, and say so on stderr if nothing has been said for a while."""
        self.done += 1
        now = time.monotonic()
        if now - self.told >= EVERY:
            self.told = now
            seconds = f"{now - self.start:.0f} s"
            sys.stderr.write(f"{self.what}: {self.done} of {self.total} after {seconds}, the last {self.name}\n")
            sys.stderr.flush()


def shown(total: int, what: str) -> AbstractContextManager[tqdm | Lines]:
    """A bar, or lines, for so many pieces of work; both have ``update`` and ``set_postfix_str``."""
    return tqdm(total=total, desc=what, leave=False) if sys.stderr.isatty() else nullcontext(Lines(total, what))
