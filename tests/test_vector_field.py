"""The matrix ODE against automatic differentiation, and the libraries it is evaluated in."""

import importlib.util
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given
from instances import COMPLEX_STEP, ahead, largest_gap, problems, random_problem, relative_error

import flowdln as fl
from flowdln import vector_field
from flowdln.vector_field import flow_from_input, flow_from_output

ROUNDING = 1e-13
WRONG = 1e-6

WIDTHS = [
    pytest.param((4, 3), id="depth 1, fewer outputs"),
    pytest.param((2, 5), id="depth 1, fewer inputs"),
    pytest.param((3, 3, 3), id="depth 2, square"),
    pytest.param((5, 2, 4), id="depth 2, narrow"),
    pytest.param((2, 6, 3), id="depth 2, wide, fewer inputs"),
    pytest.param((4, 6, 5, 2), id="depth 3, wide, fewer outputs"),
    pytest.param((3, 4, 4, 4, 3), id="depth 4, equal ends"),
    pytest.param((2, 3, 1, 4, 5), id="depth 4, bottleneck, fewer inputs"),
    pytest.param((5, 4, 6, 3, 2), id="depth 4, fewer outputs"),
]


def velocity(problem):
    return fl.gradient_flow(0.0, problem.weights, problem.moments)


def downhill(problem):
    """Minus the gradient of the loss, by automatic differentiation in float64."""
    with jax.enable_x64(True):
        gradient = jax.jit(jax.grad(fl.loss))(problem.weights, problem.moments)
    return tuple(-np.asarray(layer) for layer in gradient)


@pytest.mark.parametrize("singular", [False, True], ids=["general inputs", "singular inputs"])
@pytest.mark.parametrize("widths", WIDTHS)
def test_velocity_is_minus_the_gradient_of_the_loss(widths, singular):
    problem = random_problem(1, widths, input_rank=widths[0] - 1 if singular else None)
    reference = downhill(problem)
    assert [layer.shape for layer in reference] == [weight.shape for weight in problem.weights]
    assert relative_error(velocity(problem), reference) < ROUNDING


@pytest.mark.parametrize(
    ("flow", "right", "wrong"),
    [
        pytest.param("flow_from_output", "sigma_yx - tails", "sigma_yx + tails", id="output side, sign"),
        pytest.param("flow_from_output", "tail.T @ error", "tail @ error", id="output side, transpose of tail"),
        pytest.param("flow_from_output", "error @ weight.T", "error @ weight", id="output side, transpose of weight"),
        pytest.param("flow_from_output", "tails[-1] @ moments.sigma_xx", "tails[-1]", id="output side, sigma_xx"),
        pytest.param("flow_from_output", "(tail.T @ error)", "(error)", id="output side, a factor lost"),
        pytest.param("flow_from_input", "sigma_yx - heads", "sigma_yx + heads", id="input side, sign"),
        pytest.param("flow_from_input", "error @ head.T", "error @ head", id="input side, transpose of head"),
        pytest.param("flow_from_input", "weight.T @ error", "weight @ error", id="input side, transpose of weight"),
        pytest.param("flow_from_input", "heads[-1] @ moments.sigma_xx", "heads[-1]", id="input side, sigma_xx"),
        pytest.param("flow_from_input", "(error @ head.T)", "(error)", id="input side, a factor lost"),
    ],
)
def test_control_a_mutated_field_is_not_the_gradient(flow, right, wrong, tmp_path):
    source = Path(vector_field.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1
    mutant_file = tmp_path / "mutant.py"
    mutant_file.write_text(source.replace(right, wrong), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("mutant", mutant_file)
    mutant = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutant)

    problem = random_problem(1, (3, 3, 3))
    reference = downhill(problem)
    assert relative_error(getattr(vector_field, flow)(problem.weights, problem.moments), reference) < ROUNDING
    assert relative_error(getattr(mutant, flow)(problem.weights, problem.moments), reference) > WRONG


@given(problems())
def test_both_sides_of_contraction_agree(problem):
    from_output = flow_from_output(problem.weights, problem.moments)
    from_input = flow_from_input(problem.weights, problem.moments)
    assert len(from_output) == problem.depth
    assert largest_gap(from_output, from_input) < ROUNDING


@pytest.mark.parametrize(
    ("widths", "used", "unused"),
    [
        pytest.param((2, 6, 3), "flow_from_input", "flow_from_output", id="fewer inputs"),
        pytest.param((3, 6, 2), "flow_from_output", "flow_from_input", id="fewer outputs"),
        pytest.param((3, 6, 3), "flow_from_output", "flow_from_input", id="equal ends"),
    ],
)
def test_products_are_formed_from_the_narrower_end(widths, used, unused, monkeypatch):
    problem = random_problem(2, widths)
    expected = getattr(vector_field, used)(problem.weights, problem.moments)
    monkeypatch.delattr(vector_field, unused)
    for layer, reference in zip(velocity(problem), expected, strict=True):
        np.testing.assert_array_equal(layer, reference)


def test_velocity_does_not_depend_on_time():
    problem = random_problem(3, (3, 4, 2))
    later = fl.gradient_flow(7.0, problem.weights, problem.moments)
    for now, then in zip(velocity(problem), later, strict=True):
        np.testing.assert_array_equal(now, then)


class TestInJax:
    @pytest.mark.parametrize("widths", [(2, 4, 3), (3, 4, 2)], ids=["fewer inputs", "fewer outputs"])
    def test_compiled(self, widths):
        problem = random_problem(4, widths)
        with jax.enable_x64(True):
            compiled = jax.jit(fl.gradient_flow)(0.0, problem.weights, problem.moments)
        assert relative_error([np.asarray(layer) for layer in compiled], velocity(problem)) < ROUNDING

    def test_over_a_batch_of_weights(self):
        batch = [random_problem(seed, (3, 4, 2)) for seed in range(3)]
        moments = batch[0].moments
        stacks = tuple(np.stack(layers) for layers in zip(*(problem.weights for problem in batch), strict=True))
        with jax.enable_x64(True):
            over_batch = jax.vmap(fl.gradient_flow, in_axes=(None, 0, None))(0.0, stacks, moments)
        singly = [fl.gradient_flow(0.0, problem.weights, moments) for problem in batch]
        together = [np.stack(layers) for layers in zip(*singly, strict=True)]
        assert relative_error([np.asarray(stack) for stack in over_batch], together) < ROUNDING

    def test_gradient_of_its_norm_is_a_hessian_vector_product(self):
        problem = random_problem(5, (3, 4, 2))

        def half_squared_norm(weights):
            return sum(jnp.sum(layer**2) for layer in fl.gradient_flow(0.0, weights, problem.moments)) / 2

        moved = fl.gradient_flow(0.0, ahead(problem.weights, velocity(problem)), problem.moments)
        product = [layer.imag / COMPLEX_STEP for layer in moved]
        with jax.enable_x64(True):
            gradient = jax.jit(jax.grad(half_squared_norm))(problem.weights)
        assert relative_error([np.asarray(layer) for layer in gradient], product) < ROUNDING


class TestInSymPy:
    @pytest.mark.parametrize("depth", [1, 2, 3, 4])
    def test_velocities_of_symbolic_size_have_the_shapes_of_the_weights(self, depth):
        weights, moments = symbols(depth)
        velocities = fl.gradient_flow(0, weights, moments)
        assert [layer.shape for layer in velocities] == [weight.shape for weight in weights]

    def test_two_layers_print_the_textbook_equations(self):
        (first, second), moments = symbols(2)
        error = moments.sigma_yx - second * first * moments.sigma_xx
        assert fl.gradient_flow(0, (first, second), moments) == (second.T * error, error * first.T)

    def test_loss_takes_the_trace_of_sympy(self):
        (weight,), moments = symbols(1)
        half = sympy.Rational(1, 2)
        power = sympy.Trace(weight.T * weight * moments.sigma_xx)
        expected = moments.trace_yy / 2 - sympy.Trace(weight.T * moments.sigma_yx) + half * power
        assert fl.loss((weight,), moments, trace=sympy.Trace) - expected == 0

    def test_numbers_substituted_give_the_velocity_of_arrays(self):
        problem = random_problem(6, (2, 3, 2))
        explicit = [sympy.Matrix(array) for array in (*problem.weights, *problem.moments[:2])]
        velocities = fl.gradient_flow(0, explicit[:2], fl.Moments(*explicit[2:], problem.moments.trace_yy))
        assert relative_error([np.array(layer, dtype=float) for layer in velocities], velocity(problem)) < ROUNDING


def symbols(depth):
    """Weights and moments of symbolic size."""
    sizes = sympy.symbols(f"n_0:{depth + 1}", integer=True, positive=True)
    weights = tuple(sympy.MatrixSymbol(f"W_{i + 1}", sizes[i + 1], sizes[i]) for i in range(depth))
    sigma_xx = sympy.MatrixSymbol("Sigma_xx", sizes[0], sizes[0])
    sigma_yx = sympy.MatrixSymbol("Sigma_yx", sizes[-1], sizes[0])
    return weights, fl.Moments(sigma_xx, sigma_yx, sympy.Symbol("T"))


class TestEndToEnd:
    @pytest.mark.parametrize("widths", WIDTHS)
    def test_is_the_product_of_the_layers(self, widths):
        weights = random_problem(7, widths).weights
        expected = weights[0] if len(weights) == 1 else np.linalg.multi_dot(weights[::-1])
        np.testing.assert_allclose(fl.end_to_end(weights), expected, rtol=0, atol=1e-14)

    @pytest.mark.parametrize("widths", [(2, 4, 3), (3, 4, 5, 2), (3, 2)], ids=["inputs", "outputs", "one layer"])
    def test_of_stacks_is_the_stack_of_products(self, widths):
        networks = [random_problem(seed, widths).weights for seed in range(3)]
        stacks = tuple(np.stack(layers) for layers in zip(*networks, strict=True))
        products = np.stack([fl.end_to_end(weights) for weights in networks])
        np.testing.assert_allclose(fl.end_to_end(stacks), products, rtol=0, atol=1e-14)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("widths", [(3, 2), (2, 4, 3), (4, 3, 2, 2)], ids=["depth 1", "depth 2", "depth 3"])
def test_loss_is_the_mean_of_the_losses_of_samples(widths, reduction):
    rng = np.random.default_rng(8)
    inputs, targets = rng.standard_normal((7, widths[0])), rng.standard_normal((7, widths[-1]))
    weights = random_problem(8, widths).weights
    outputs = inputs
    for weight in weights:
        outputs = outputs @ weight.T
    of_samples = np.sum((targets - outputs) ** 2, axis=1) / 2
    moments = fl.Moments.from_data(inputs, targets, reduction=reduction)
    assert fl.loss(weights, moments) == pytest.approx(getattr(of_samples, reduction)(), rel=ROUNDING)
