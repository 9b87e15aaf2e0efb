"""Saxe, McClelland and Ganguli 2014, Fig. 7: singular values of products of random and of orthogonal matrices."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check, farthest

TITLE = "Random layers squeeze what passes through them; orthogonal ones do not"
SOURCE = "Saxe et al. 2014, Fig. 7"
PARAMETERS = {"units": 300, "seed": 0}
QUICK = {"units": 200}
FULL = {"units": 1000}
DEPTHS = (1, 5, 100)
FLOOR = 1e-12  # smallest singular value compared; rounding of the product begins some two decades below
SMALL = 0.1  # what counts as squeezed
RANKS = 4  # by how many of all singular values a share may differ from the law's: it fluctuates by a few, at any size


def compute(units: int, seed: int) -> dict[str, np.ndarray]:
    """Singular values ``(depths, units)`` of products of Gaussian matrices and of orthogonal ones, increasing.

    The Gaussian entries have variance ``1 / units``, Glorot's, which keeps the mean square of a singular value at 1.
    """
    data = {}
    for name, initial in (("gaussian", fl.initial.glorot), ("orthogonal", fl.initial.orthogonal)):
        products = [fl.end_to_end(initial((units,) * (depth + 1), seed=seed)) for depth in DEPTHS]
        data[name] = np.array([np.linalg.svd(product, compute_uv=False)[::-1] for product in products])
    laws = [fl.initial.product_spectrum(depth) for depth in DEPTHS]
    return data | {"law_values": np.array([law[0] for law in laws]), "law_shares": np.array([law[1] for law in laws])}


def distances(data: dict[str, np.ndarray]) -> np.ndarray:
    """Largest distance of the share of Gaussian singular values below one from the law's, by depth; above the floor."""
    rows = zip(data["gaussian"], data["law_values"], data["law_shares"], strict=True)
    ranks = (np.arange(data["gaussian"].shape[1]) + 0.5) / data["gaussian"].shape[1]
    gaps = [np.where(values < FLOOR, 0, np.interp(values, x, share) - ranks) for values, x, share in rows]
    return np.asarray(np.abs(gaps).max(axis=1))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The law is one; products of Gaussian matrices follow it; products of orthogonal ones keep every length."""
    checks, few = [], RANKS / data["gaussian"].shape[1]
    rows = zip(DEPTHS, data["gaussian"], data["law_values"], data["law_shares"], distances(data), strict=True)
    for depth, found, values, shares, distance in rows:
        squares, weights = (values[1:] ** 2 + values[:-1] ** 2) / 2, np.diff(shares)
        layers = f"{depth} layers" if depth > 1 else "1 layer"
        checks += [
            Check(f"mean square of the law, {layers}", 1, weights @ squares, 1e-4),
            Check(f"mean fourth power of the law, {layers}", depth + 1, weights @ squares**2, 1e-3 * (depth + 1)),
            Check(f"Gaussian shares above {FLOOR:g} - the law's, largest, {layers}", 0, distance, few),
        ]
        checks += [
            Check(
                f"share of Gaussian singular values below {limit:g}, {layers}, by the law",
                np.interp(limit, values, shares, left=0),
                share_below(found, limit),
                few,
            )
            for limit in ((FLOOR, SMALL) if depth == DEPTHS[-1] else (SMALL,))
        ]
    return [*checks, Check("orthogonal singular value, worst", 1, farthest(data["orthogonal"], 1), 1e-12)]


def share_below(values: np.ndarray, limit: float) -> float:
    """Share of ``values`` below ``limit``; NaN where one is."""
    return float(np.where(np.isfinite(values), values < limit, np.nan).mean())


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Above: densities, a panel for each depth. Below: shares of singular values below a value."""
    figure, panels = plt.subplot_mosaic("012;sss", figsize=(7.2, 4.8), height_ratios=(1, 1.1))
    rows = zip(DEPTHS, data["gaussian"], data["law_values"], data["law_shares"], strict=True)
    shares = panels["s"]
    for i, (depth, values, law, below) in enumerate(rows):
        axes = panels[str(i)]
        title = f"{depth} layers" if depth > 1 else "1 layer"
        bins = np.linspace(0, law[-1], 25)
        axes.hist(values, bins.tolist(), density=True, log=True, color="0.75", label="Gaussian")
        density = np.diff(below) / np.diff(law)
        axes.plot(law[1:], density, color=COLOURS[i], linestyle=DASHES[i], label="law")
        axes.axvline(1, color="black", linewidth=1, label="orthogonal")
        one = 1 / (len(values) * bins[1])  # density of a bin with one singular value
        axes.set(xlabel="singular value", title=title, xlim=(0, None), ylim=(one / 3, 1 / bins[1]))
        ranks = (np.arange(len(values)) + 0.5) / len(values)
        shown = values >= FLOOR
        every = max(1, len(values) // 60)
        shares.semilogx(
            values[shown][::every],
            ranks[shown][::every],
            "os^"[i],
            color=COLOURS[i],
            markersize=3,
            label=f"Gaussian, {title}",
        )
        shares.semilogx(law, below, DASHES[i], color=COLOURS[i], linewidth=1, label=f"law, {title}")
        axes.set_ylabel("density" if i == 0 else " ")
        if i == 2:
            axes.legend()
    shares.axvline(1, color="black", linewidth=1, label="orthogonal, any depth")
    shares.set(xlabel="singular value", ylabel="share of singular values below", xlim=(FLOOR, 100))
    shares.legend(loc="lower left", bbox_to_anchor=(0, 0.1), ncols=2)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    units, last = data["gaussian"].shape[1], data["gaussian"][-1]
    return (
        f"Singular values of products of {', '.join(map(str, DEPTHS))} square matrices of "
        f"{units} units. Gaussian entries of variance 1/{units}, as Glorot and Bengio scale them, keep the mean "
        "square of a singular value at one, but not the singular values: they follow the Fuss-Catalan law of "
        "infinitely many units (lines), up to a few units' worth; its largest value grows like the square root of "
        "e (L + 1) while most of the others vanish. In the deepest "
        f"product {100 * share_below(last, SMALL):.0f} % are below {SMALL:g} and the largest is {last[-1]:.1f}. "
        "Orthogonal matrices have a product with all singular values one (black), at any depth."
    )
