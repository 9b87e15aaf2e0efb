"""Progress where nobody watches: a line now and then, and none for what is done at once."""

import pytest

from flowdln.reproduction import progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def work(clock, seconds):
    with progress.shown(4, "figures") as bar:
        for i in range(4):
            clock[0] += seconds
            bar.set_postfix_str(f"fig{i}")
            bar.update()


@pytest.mark.parametrize(
    ("seconds", "lines"),
    [
        pytest.param(0.1, [], id="at once"),
        pytest.param(3, ["2 of 4 after 6 s, the last fig1", "4 of 4 after 12 s, the last fig3"], id="now and then"),
        pytest.param(60, [f"{i + 1} of 4 after {60 * (i + 1)} s, the last fig{i}" for i in range(4)], id="each"),
    ],
)
def test_a_log_gets_a_line_now_and_then(seconds, lines, clock, capsys):
    work(clock, seconds)
    assert capsys.readouterr().err.splitlines() == [f"figures: {line}" for line in lines]


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.shown(4, "figures") as bar:
        bar.update()
    assert "figures:" in capsys.readouterr().err
    assert not isinstance(bar, progress.Lines)
