"""A small figure and small chapters, for tests of the reproduction."""

import importlib.util
from dataclasses import replace
from types import ModuleType

from flowdln.reproduction.checkout import Document
from flowdln.symbolic import Claim, Correction, Evidence, Kind

FIGURE = '''"""A parabola."""

import matplotlib.pyplot as plt
import numpy as np

from flowdln.reproduction.checks import Check

TITLE = "A parabola, <wide> & high"
SOURCE = "Apollonius"
PARAMETERS = {"points": 20, "height": 4.0}
QUICK = {"points": 5}


def compute(points, height):
    x = np.linspace(-1, 1, points)
    return {"x": x, "y": height * x**2}


def check(data):
    lowest, highest = data["y"].min(), data["y"].max()
    return [Check("height of the parabola", 4.0, highest, 0.01), Check("lowest point", 0.0, lowest, 0.1)]


def draw(data):
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot(data["x"], data["y"])
    axes.set_axis_off()
    return figure


def caption(data):
    return f"A curve through {len(data['x'])} points."
'''
BROKEN = 'raise RuntimeError("out of paper")'


def figure(folder, name="parabola", *, right="", wrong=""):
    """A module of a figure, with the text ``right`` replaced by ``wrong``."""
    assert right in FIGURE
    file = folder / f"{name}.py"
    file.write_text(FIGURE.replace(right, wrong, 1), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARTS = {"A part": ("first",), "Another": ("second",)}
DOCUMENTS = {
    name: Document(f"The title of {name}", f"The authors of {name}", "an article", ()) for name in ("basu", "saxe")
}


def claim(name, *, holds=True, control=False, symbolic=True, order=None, **more):
    """A claim whose check and control come out as told."""
    return Claim(
        id=name,
        title=f"The title of {name}, if a < b.",
        statement=r"\dot W = \Sigma_{yx} - W \Sigma_{xx}",
        assumptions=("s > 0",),
        place=f"the source of {name}",
        check=lambda: Evidence(holds, symbolic, f"the check of {name}", order=order),
        control=lambda: Evidence(control, symbolic, f"the control of {name}"),
        **more,
    )


def refuted(name, kind=Kind.MISPRINT):
    """A claim of a document that does not hold, with numbers, its kind and what is true instead."""
    good, bad = (Evidence(holds, symbolic=True, text=f"whether {name} holds") for holds in (True, False))
    return replace(
        claim(name, document="basu", derivation=f"This is why {name} fails."),
        check=lambda: bad._replace(text=f"the check of {name}", instance={"a": "1", "b": "[2, 3]"}),
        kind=kind,
        correction=Correction(f"The correction of {name}.", "1 = 1", lambda: good, lambda: bad),
    )


def chapter(name, *claims):
    """A chapter of ``derivations``."""
    module = ModuleType(f"derivations.{name}", f"The first line of {name}.\n\nA paragraph with $W_1 < W_2$ in it.")
    module.__file__ = __file__
    module.TITLE = f"Chapter {name}"
    module.CLAIMS = list(claims)
    return module
