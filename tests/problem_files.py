"""Problem files made of the lines of their sections."""

MODES = 'source = "modes"\nsingular_values = [3.0, 1.0]\nn_in = 5\nn_out = 4\n'
RANDOM = 'initial = "small_random"\nhidden = [6]\nscale = 0.1\n'
TIME = "time = 2.0\n"


def problem_file(folder, data=MODES, network=RANDOM, flow=TIME, more=""):
    """The path of a file in ``folder`` with these sections."""
    path = folder / "problem.toml"
    path.write_text(f"{more}[data]\n{data}[network]\n{network}[flow]\n{flow}", encoding="utf-8")
    return path
