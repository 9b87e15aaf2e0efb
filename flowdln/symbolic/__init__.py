"""The engine of verification: claims, verdicts, and the provers that decide them.

``prove_*`` count proofs and counterexamples only, often for several depths. ``verify_*`` take any formula, in symbols
or as a function of numbers, and where there is no proof they say to how many digits it holds.
"""

from flowdln.symbolic import functions
from flowdln.symbolic.asymptotics import prove_leading_order, prove_limit
from flowdln.symbolic.certificate import decide_inequality
from flowdln.symbolic.claims import Claim, Correction, Decision, Verdict, decide
from flowdln.symbolic.closed_form import verify_solution
from flowdln.symbolic.constrained import Example, prove_vanishing
from flowdln.symbolic.derivatives import prove_derivatives, prove_integral
from flowdln.symbolic.descent_step import prove_step
from flowdln.symbolic.digits import compare_digits
from flowdln.symbolic.events import compare_times, event_time
from flowdln.symbolic.evidence import Evidence, combined, conjunction
from flowdln.symbolic.expectation import compare_expectation
from flowdln.symbolic.identity import prove_identity, prove_zeros
from flowdln.symbolic.inequality import Sides, seek_counterexample
from flowdln.symbolic.instances import instance
from flowdln.symbolic.kinds import Kind
from flowdln.symbolic.matrix_flow import prove_conserved, prove_equal, prove_gradient, symbolic_network
from flowdln.symbolic.matrix_instances import find_nonzero
from flowdln.symbolic.monitor import Course, monitor_flow
from flowdln.symbolic.norms import decide_cauchy_schwarz
from flowdln.symbolic.orders import measure_order
from flowdln.symbolic.own_flow import verify_conserved, verify_gradient
from flowdln.symbolic.pointwise_loss import pointwise_network, prove_pointwise_gradient
from flowdln.symbolic.random_arrays import as_network, network_shapes
from flowdln.symbolic.scaling import prove_dimensions, prove_homogeneous
from flowdln.symbolic.spectrum import prove_inverse, prove_spectrum
from flowdln.symbolic.traces import formal_trace
from flowdln.symbolic.verification import Finding, Verification
from flowdln.symbolic.words import Rules, polynomial, replacing, trace_polynomial

__all__ = [
    "Claim",
    "Correction",
    "Course",
    "Decision",
    "Evidence",
    "Example",
    "Finding",
    "Kind",
    "Rules",
    "Sides",
    "Verdict",
    "Verification",
    "as_network",
    "combined",
    "compare_digits",
    "compare_expectation",
    "compare_times",
    "conjunction",
    "decide",
    "decide_cauchy_schwarz",
    "decide_inequality",
    "event_time",
    "find_nonzero",
    "formal_trace",
    "functions",
    "instance",
    "measure_order",
    "monitor_flow",
    "network_shapes",
    "pointwise_network",
    "polynomial",
    "prove_conserved",
    "prove_derivatives",
    "prove_dimensions",
    "prove_equal",
    "prove_gradient",
    "prove_homogeneous",
    "prove_identity",
    "prove_integral",
    "prove_inverse",
    "prove_leading_order",
    "prove_limit",
    "prove_pointwise_gradient",
    "prove_spectrum",
    "prove_step",
    "prove_vanishing",
    "prove_zeros",
    "replacing",
    "seek_counterexample",
    "symbolic_network",
    "trace_polynomial",
    "verify_conserved",
    "verify_gradient",
    "verify_solution",
]
