"""What a command says when it refuses."""


def assert_refused(outcome, *words):
    """One line that says what is wrong, and exit code 1."""
    assert outcome.code == 1
    assert outcome.err.startswith("flowdln: ")
    assert outcome.err.count("\n") == 1
    for word in words:
        assert word in outcome.err
