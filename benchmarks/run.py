"""What things cost, as ratios measured in one run: ``python benchmarks/run.py [--quick]``.

Prints a table of the number asked for beside the number reached. Nothing here is asserted: machines differ. NumPy's
BLAS runs on one thread, since on shared cores two threads wait for each other; JAX keeps its own.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from threadpoolctl import threadpool_limits

import flowdln as fl
from flowdln.validation import Weights


def median_time(function: Callable[[], object], repeats: int) -> float:
    """Median seconds of ``repeats`` calls, after one that warms up."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def import_time(repeats: int) -> float:
    """Median seconds of ``import flowdln`` in a fresh interpreter, beyond starting it."""
    code = "import time; a = time.perf_counter(); import flowdln; print(time.perf_counter() - a)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(repeats)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def textbook_loss(weights: Weights, moments: fl.Moments) -> jax.Array:
    """The loss with its product formed layer by layer from the input, as a network is usually written."""
    product = weights[0]
    for weight in weights[1:]:
        product = weight @ product
    return fl.loss((product,), moments, trace=jnp.trace)


def vector_field_against_autodiff(widths: tuple[int, ...], repeats: int) -> dict[str, float]:
    """Milliseconds of the NumPy vector field and of compiled gradients by JAX, and their relative difference."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((2 * widths[0], widths[0]))
    targets = rng.standard_normal((2 * widths[0], widths[-1]))
    problem = fl.Problem(fl.Moments.from_data(inputs, targets), fl.initial.glorot(widths))
    ours = fl.gradient_flow(0.0, problem.weights, problem.moments)
    result = {"ours": median_time(lambda: fl.gradient_flow(0.0, problem.weights, problem.moments), repeats)}
    with jax.enable_x64(True):
        moments = fl.Moments(*map(jnp.asarray, problem.moments))
        weights = tuple(map(jnp.asarray, problem.weights))
        for name, loss in (("textbook", textbook_loss), ("narrow", fl.loss)):
            gradient = jax.jit(jax.grad(loss))
            result[name] = median_time(
                lambda gradient=gradient: jax.block_until_ready(gradient(weights, moments)), repeats
            )
            result["difference"] = relative_difference(ours, tuple(-np.asarray(g) for g in gradient(weights, moments)))
    return result


def relative_difference(first: Weights, second: Weights) -> float:
    """Norm of the difference over the norm of the second."""
    squares = [(np.sum((a - b) ** 2), np.sum(b**2)) for a, b in zip(first, second, strict=True)]
    return float(np.sqrt(sum(s for s, _ in squares) / sum(t for _, t in squares)))


def closed_form_error(depth: int) -> float:
    """Largest difference of DOP853 at ``rtol=1e-12`` from the closed form of aligned layers of unlike strengths.

    Until long after learning, when the flow is stiff, and at many times within each step.
    """
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 5, 4)
    strengths = np.random.default_rng(0).uniform(0.35, 0.9, (depth, 3))
    problem = fl.Problem(moments, fl.initial.aligned(moments, (5, *[4] * (depth - 1), 4), strengths))
    ts = np.linspace(0, 20, 401)
    exact, numerical = (fl.solve(problem, ts, method=method, rtol=1e-12) for method in ("exact", "DOP853"))
    return max(float(np.abs(a - b).max()) for a, b in zip(exact.weights, numerical.weights, strict=True))


def closed_form_against_integrator(repeats: int) -> dict[str, tuple[float, float]]:
    """Milliseconds of closed forms for 200 times on 32-32-32, and how many times longer DOP853 takes at 1e-10."""
    moments = fl.Moments.from_modes(np.linspace(3.0, 0.5, 32), 32, 32)
    ts = np.linspace(0, 20, 200)
    aligned = fl.Problem(moments, fl.initial.aligned(moments, (32, 32, 32), 0.1))
    balanced = fl.Problem(moments, fl.initial.balanced((32, 32, 32), scale=0.1))
    routes = {
        "balanced and aligned, weights": (aligned, "weights"),
        "balanced, product": (balanced, "product"),
        "balanced, weights": (balanced, "weights"),
    }
    found = {}
    for name, (problem, save) in routes.items():
        exact = median_time(partial(fl.solve, problem, ts, method="exact", save=save), repeats)
        numerical = median_time(partial(fl.solve, problem, ts, method="DOP853", rtol=1e-10, save=save), repeats)
        found[name] = (1e3 * exact, numerical / exact)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    repeats = 5 if parser.parse_args().quick else 30
    threadpool_limits(1)
    rows = [("import flowdln", "< 0.3 s", f"{import_time(min(repeats, 10)):.2f} s")]
    for widths, asked in (((784, 1000, 1000, 10), "> 10"), ((8, 30, 1000), "")):
        name = "-".join(map(str, widths))
        found = vector_field_against_autodiff(widths, repeats)
        textbook, narrow = found["textbook"] / found["ours"], found["narrow"] / found["ours"]
        rows.append((f"{name}: our vector field", "", f"{1e3 * found['ours']:.2f} ms"))
        rows.append((f"{name}: jax.grad of the textbook loss / ours", asked, f"{textbook:.1f}"))
        rows.append((f"{name}: jax.grad of flowdln.loss / ours", "", f"{narrow:.1f}"))
        rows.append((f"{name}: relative difference", "< 1e-13", f"{found['difference']:.1e}"))
    for depth in (2, 6, 8):
        name = f"DOP853 at rtol=1e-12 against the closed form, {depth} layers"
        rows.append((name, "< 1e-10", f"{closed_form_error(depth):.1e}"))
    for name, (milliseconds, ratio) in closed_form_against_integrator(min(repeats, 7)).items():
        rows.append((f"32-32-32 {name}: DOP853 / closed form", "> 50", f"{ratio:.1f} ({milliseconds:.1f} ms)"))
    for row in [("what", "asked", "reached"), *rows]:
        print("{:<63} {:>9}   {}".format(*row))


if __name__ == "__main__":
    main()
