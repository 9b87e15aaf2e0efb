"""The names users type, and what importing them costs and changes."""

import subprocess
import sys
import textwrap

import pytest

import flowdln

HEAVY = {"jax", "sympy", "matplotlib", "pandas", "dask", "xarray", "scipy", "diffrax", "sklearn"}
RECORDS = ["Comparison", "Moments", "Problem", "Trajectory"]
ERRORS = ["AssumptionError", "DatasetError", "FlowdlnError", "InputError", "ShapeError", "SolveError"]
FUNCTIONS = ["compare", "descend", "end_to_end", "gradient_flow", "imbalance", "loss", "solve"]
MODULES = ["datasets", "exact", "initial", "observe", "plot", "relu", "symbolic"]
CONTRACT = [*RECORDS, *ERRORS, *FUNCTIONS, *MODULES]


def run_alone(script):
    """What a script prints in an interpreter of its own, where warnings are errors."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_names_are_those_of_the_contract():
    assert sorted(flowdln.__all__) == sorted(CONTRACT)
    assert sorted(dir(flowdln)) == sorted(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_every_name_leads_to_something_documented(name):
    assert getattr(flowdln, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'flowdln' has no attribute 'train'"):
        _ = flowdln.train


def test_a_star_import_brings_every_name():
    script = "from flowdln import *; import flowdln; print(set(flowdln.__all__) <= set(globals()))"
    assert run_alone(script) == ["True"]


def test_importing_loads_nothing_heavy():
    assert run_alone(f"import flowdln, sys; print(*sorted({HEAVY} & set(sys.modules)))") == []


def test_control_a_heavy_import_is_seen():
    assert run_alone(f"import flowdln, scipy, sys; print(*sorted({HEAVY} & set(sys.modules)))") == ["scipy"]


def test_data_and_weights_need_nothing_heavy():
    script = f"""
        import sys
        import flowdln as fl

        moments = fl.Moments.from_modes([2.0, 1.0], 4, 3)
        problem = fl.Problem(moments, fl.initial.small_random((4, 5, 3), scale=0.1))
        fl.gradient_flow(0.0, problem.weights, problem.moments)
        fl.loss(problem.weights, moments)
        print(*sorted({HEAVY} & set(sys.modules)))
    """
    assert run_alone(script) == []


CONFIGURATION = """
    import jax
    before = dict(jax.config.values)

    import flowdln as fl

    {action}
    after = dict(jax.config.values)
    print(before["jax_enable_x64"], *(name for name in after if after[name] != before.get(name)))
"""
PROBLEM = "fl.Problem(fl.Moments.from_modes([2.0], 2, 2), fl.initial.small_random((2, 2, 2), scale=0.1))"


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        pytest.param("pass", [], id="an import"),
        pytest.param(f"fl.solve({PROBLEM}, [0, 1], method='Tsit5')", [], id="a solve in JAX"),
        pytest.param(f"fl.descend({PROBLEM}, learning_rate=0.1, steps=3, compiled=True)", [], id="a descent in JAX"),
        pytest.param("jax.config.update('jax_enable_x64', True)", ["jax_enable_x64"], id="control, the user's own"),
    ],
)
def test_the_configuration_of_jax_stays_as_the_user_left_it(action, changed):
    assert run_alone(CONFIGURATION.format(action=action)) == ["False", *changed]
