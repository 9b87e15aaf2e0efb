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
POINTS = 4001  # angles at which the limiting law is evaluated
FLOOR = 1e-6  # smallest singular value shown; rounding of the product begins some eight decades below


def compute(units: int, seed: int) -> dict[str, np.ndarray]:
    """Singular values ``(depths, units)`` of products of Gaussian matrices and of orthogonal ones, increasing.

    The Gaussian entries have variance ``1 / units``, Glorot's, which keeps the mean square of a singular value at 1.
    """
    data = {}
    for name, initial in (("gaussian", fl.initial.glorot), ("orthogonal", fl.initial.orthogonal)):
        products = [fl.end_to_end(initial((units,) * (depth + 1), seed=seed)) for depth in DEPTHS]
        data[name] = np.array([np.linalg.svd(product, compute_uv=False)[::-1] for product in products])
    laws = [limiting_law(depth) for depth in DEPTHS]
    return data | {"law_values": np.array([law[0] for law in laws]), "law_shares": np.array([law[1] for law in laws])}


def limiting_law(depth: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Singular values, increasing, and the share of all that lie below each, for infinitely many units.

    Their squares follow the Fuss-Catalan law, with density :math:`\rho(x)` along the angle
    :math:`0 < \phi < \pi / (L + 1)`:

    .. math:: x = \frac{\sin^{L+1} (L+1)\phi}{\sin\phi \, \sin^L L\phi}, \quad
        \rho = \frac{\sin^2\phi \, \sin^{L-1} L\phi}{\pi \sin^L (L+1)\phi}

    Source: Haagerup and Moeller 2013, section 3; for one matrix it is the quarter-circle law.
    """
    angle, L = np.linspace(0, np.pi / (depth + 1), POINTS)[-2:0:-1], depth
    outer, inner, sine = np.sin((L + 1) * angle), np.sin(L * angle), np.sin(angle)
    log_x = (L + 1) * np.log(outer) - np.log(sine) - L * np.log(inner)
    log_density = 2 * np.log(sine) + (L - 1) * np.log(inner) - np.log(np.pi) - L * np.log(outer)
    slope = (L + 1) ** 2 / np.tan((L + 1) * angle) - 1 / np.tan(angle) - L**2 / np.tan(L * angle)
    integrand = np.exp(log_density + log_x) * slope  # of the share, along the angle
    steps = (integrand[1:] + integrand[:-1]) / 2 * np.diff(angle)
    start = integrand[0] * (angle[0] - np.pi / (depth + 1))
    return np.exp(log_x / 2), start + np.append(0, np.cumsum(steps))


def distances(data: dict[str, np.ndarray]) -> np.ndarray:
    """Largest distance of the share of Gaussian singular values below one from the law's, by depth."""
    rows = zip(data["gaussian"], data["law_values"], data["law_shares"], strict=True)
    ranks = (np.arange(data["gaussian"].shape[1]) + 0.5) / data["gaussian"].shape[1]
    gaps = [np.where(values < FLOOR, 0, np.interp(values, x, share) - ranks) for values, x, share in rows]
    return np.asarray(np.abs(gaps).max(axis=1))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The law is one; products of Gaussian matrices follow it; products of orthogonal ones keep every length."""
    checks = []
    rows = zip(DEPTHS, data["law_values"], data["law_shares"], distances(data), strict=True)
    for depth, values, shares, distance in rows:
        squares, weights = (values[1:] ** 2 + values[:-1] ** 2) / 2, np.diff(shares)
        layers = f"{depth} layers" if depth > 1 else "1 layer"
        checks += [
            Check(f"mean square of the law, {layers}", 1, weights @ squares, 1e-4),
            Check(f"mean fourth power of the law, {layers}", depth + 1, weights @ squares**2, 1e-3 * (depth + 1)),
            Check(f"Gaussian shares - the law's, largest, {layers}", 0, distance, 0.03),
        ]
    squeezed = np.mean(data["gaussian"][-1] < 0.1)
    stretched = farthest(data["orthogonal"], 1)
    return [
        *checks,
        Check("share of Gaussian singular values below 0.1, deepest", 0.93, squeezed, 0.02),
        Check("orthogonal singular value, worst", 1, stretched, 1e-12),
    ]


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
        shown = values > FLOOR
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
    shares.legend(loc="upper left", bbox_to_anchor=(0, 0.75))
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    units, last = data["gaussian"].shape[1], data["gaussian"][-1]
    return (
        f"Singular values of products of {', '.join(map(str, DEPTHS))} square matrices of "
        f"{units} units. Gaussian entries of variance 1/{units}, as Glorot and Bengio scale them, keep the mean square "
        "of a singular value at one, but not the singular values: they follow the Fuss-Catalan law (lines), whose "
        "largest value grows like the square root of e (L + 1) while most of the others vanish. In the deepest "
        f"product {100 * np.mean(last < 0.1):.0f} % are below 0.1 and the largest is {last[-1]:.1f}. Orthogonal "
        "matrices have a product with all singular values one (black), at any depth."
    )
