"""Everything at once, on small figures and chapters."""

import json
from dataclasses import replace

import pytest
from exhibits import BROKEN, DOCUMENTS, chapter, claim, figure
from refusal import refused
from tqdm import tqdm

from flowdln.errors import InputError
from flowdln.reproduction import checkout, run
from flowdln.reproduction.cache import remember
from flowdln.reproduction.gallery import FORMATS, described
from flowdln.reproduction.ledger import entries, select_claims
from flowdln.reproduction.memory import keep_results
from flowdln.reproduction.processes import Task
from flowdln.reproduction.run import longest_first, make_figures, prepare_folder, reproduce
from flowdln.seal import sealed
from flowdln.symbolic import decide

PAGES = {f"chapter-{name}.html" for name in ("first", "second")} | {f"errata-{name}.html" for name in DOCUMENTS}
OFF = {"right": "height * x**2", "wrong": "2 * height * x**2"}


@pytest.fixture
def bar():
    return tqdm(disable=True)


@pytest.fixture
def exhibit(monkeypatch):
    """Puts figures and chapters in place of the checkout's."""

    def put(figures, chapters):
        monkeypatch.setattr(checkout, "load_figures", lambda: figures)
        monkeypatch.setattr(checkout, "load_chapters", lambda: chapters)
        monkeypatch.setattr(checkout, "load_documents", lambda: DOCUMENTS)
        monkeypatch.setattr(checkout, "load_parts", lambda: {"All": list(chapters)})

    return put


def chapters(**options):
    return {
        "first": chapter("first", claim("one")),
        "second": chapter("second", claim("two"), claim("three", **options)),
    }


def test_everything_passes(exhibit, tmp_path):
    exhibit({name: figure(tmp_path, name) for name in ("left", "right")}, chapters())
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert result.passed
    assert [picture.name for picture in result.pictures] == ["left", "right"]
    assert [(home, verdict.claim.id) for home, verdict in result.entries] == [
        ("first", "one"),
        ("second", "two"),
        ("second", "three"),
    ]
    assert result.page == tmp_path / "out" / "index.html"
    made = {file.name for file in result.page.parent.iterdir()} - {"cache"}
    assert made == {"index.html", "claims.html", *PAGES} | {
        f"{name}.{extension}" for name in ("left", "right") for extension in FORMATS
    }


@pytest.mark.parametrize("size", ["default", "quick"])
def test_quick_mode_reaches_the_figures(size, exhibit, tmp_path):
    exhibit({"parabola": figure(tmp_path)}, chapters())
    (picture,) = reproduce(tmp_path / "out", size=size, jobs=1, progress=False).pictures
    assert picture.caption == f"A curve through {5 if size == 'quick' else 20} points."


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("x = np.linspace", f"{BROKEN}; x = np.linspace", id="compute"),
        pytest.param("return [Check", f"{BROKEN}; return [Check", id="check"),
        pytest.param("figure, axes =", f"{BROKEN}; figure, axes =", id="draw"),
        pytest.param('return f"A curve', f'{BROKEN}; return f"A curve', id="caption"),
    ],
)
def test_a_figure_that_raises_fails_and_the_others_are_made(right, wrong, exhibit, tmp_path, caplog):
    exhibit({"bad": figure(tmp_path, "bad", right=right, wrong=wrong), "good": figure(tmp_path, "good")}, chapters())
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert not result.passed
    bad, good = result.pictures
    assert bad.error == "RuntimeError: out of paper"
    assert good.passed
    assert (tmp_path / "out" / "good.png").exists()
    assert "out of paper" in result.page.read_text(encoding="utf-8")
    assert "figure bad failed" in caplog.text


def test_a_figure_whose_number_is_off_fails_and_the_others_are_made(exhibit, tmp_path):
    exhibit({"off": figure(tmp_path, "off", **OFF), "good": figure(tmp_path, "good")}, chapters())
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert not result.passed
    assert [picture.passed for picture in result.pictures] == [False, True]


@pytest.mark.parametrize("options", [{"holds": False}, {"control": True}], ids=["claim refuted", "control that passes"])
def test_a_claim_that_does_not_hold_fails(options, exhibit, tmp_path):
    exhibit({"parabola": figure(tmp_path)}, chapters(**options))
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert not result.passed
    assert [verdict.settled for _, verdict in result.entries] == [True, True, False]


def test_what_has_not_changed_is_neither_decided_nor_drawn_again(exhibit, tmp_path, monkeypatch):
    picture, claims = figure(tmp_path), chapters()
    exhibit({"parabola": picture}, claims)
    first = reproduce(tmp_path / "out", jobs=1, progress=False)
    monkeypatch.setattr(picture, "draw", None)
    for module in claims.values():
        module.CLAIMS = [replace(claim, check=None) for claim in module.CLAIMS]
    again = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert again.passed
    assert again.pictures == first.pictures
    assert [verdict.outcome for _, verdict in again.entries] == [verdict.outcome for _, verdict in first.entries]


def test_an_interrupt_keeps_what_is_done_and_does_not_pass(exhibit, tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    claims = chapters()
    claims["second"].CLAIMS[0] = replace(claims["second"].CLAIMS[0], check=interrupt)
    exhibit({"parabola": figure(tmp_path)}, claims)
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert not result.complete
    assert not result.passed
    assert [verdict.claim.id for _, verdict in result.entries] == ["one"]
    assert result.pictures[0].passed
    assert result.page.is_file()


def test_work_begins_with_what_is_new_and_then_with_what_took_longest(tmp_path):
    claims = {"first": chapter("first", claim("slow"), claim("quick"))}
    results = {name: (*decided(claims, name), seconds) for name, seconds in (("quick", 1.0), ("slow", 9.0))}
    keep_results(entries(select_claims(claims), results), claims, tmp_path / "cache")
    picture = described("figure", figure(tmp_path), "default")._replace(seconds=3.0)
    remember(picture._asdict(), "figure", "0123456789abcdef", tmp_path / "cache")
    tasks = [Task(name, print, ()) for name in ("quick", "figure", "new", "slow", "other")]
    assert [task.name for task in longest_first(tasks, tmp_path)] == ["new", "other", "slow", "figure", "quick"]


def decided(chapters, name):
    verdict = next(decide(claim) for _, claim in select_claims(chapters) if claim.id == name)
    return verdict.decision, verdict.correction


GOOD = [True, True, "text", {}, None, ""]
MALFORMED = [
    {"one": [["certain", GOOD, GOOD], None, 0.1]},
    {"one": [["proved", [1, *GOOD[1:]], GOOD], None, 0.1]},
    {"one": [["proved", [True, True, None, {}, None, ""], GOOD], None, 0.1]},
    {"one": [["proved", [True, True, "text", [], None, ""], GOOD], None, 0.1]},
    {"one": [["proved", None, GOOD], None, 0.1]},
    {"one": [["proved", GOOD, GOOD], None, "x"]},
]


@pytest.mark.parametrize("kept", [{"x": [1]}, "x", {"x": 1}, [], {"one": ["proved", None, 0.1]}, 0, *MALFORMED])
def test_what_was_kept_of_no_verdicts_is_decided_again(kept, exhibit, tmp_path, caplog):
    exhibit({}, chapters())
    assert reproduce(tmp_path / "out", jobs=1, progress=False).passed
    (file,) = (tmp_path / "out" / "cache").glob("chapter-first-*.json")
    file.write_bytes(sealed(json.dumps(kept).encode()))
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert result.passed
    assert len(result.entries) == 3
    assert "what is kept of chapter first is no verdicts" in caplog.text


def test_named_figures_are_made_in_the_order_named(exhibit, tmp_path, bar):
    exhibit({name: figure(tmp_path, name) for name in ("first", "second", "third")}, chapters())
    pictures = make_figures(["third", "first"], tmp_path, bar, size="quick", jobs=1)
    assert [picture.name for picture in pictures] == ["third", "first"]


def test_an_unknown_figure_is_refused_before_any_is_made(exhibit, tmp_path, bar):
    exhibit({name: figure(tmp_path, name) for name in ("first", "second", "third")}, chapters())
    words = ["the figure is 'thrid'", "expected one of first, second, third", "Did you mean 'third'?"]
    refused(InputError, words, lambda: make_figures(["first", "thrid"], tmp_path, bar, jobs=1))
    assert not (tmp_path / "first.png").exists()


def test_a_folder_is_made_with_those_above_it(tmp_path):
    prepare_folder(tmp_path / "a" / "b")
    prepare_folder(tmp_path / "a" / "b")
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["cache"]


@pytest.mark.parametrize("below", ["", "folder"], ids=["is a file", "below a file"])
def test_a_folder_that_cannot_be_written_to_is_refused(below, tmp_path):
    (tmp_path / "taken").write_text("")
    folder = tmp_path / "taken" / below
    words = [str(folder), "cannot be written (", "expected a folder for pictures", "--output"]
    refused(InputError, words, lambda: prepare_folder(folder))


def test_a_folder_whose_page_cannot_be_written_is_refused_before_the_work(exhibit, tmp_path):
    exhibit({"broken": None}, {})
    (tmp_path / "index.html").mkdir()
    words = ["index.html cannot be written (Is a directory)"]
    refused(InputError, words, lambda: reproduce(tmp_path, jobs=1, progress=False))


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_an_interrupt_in_a_finished_folder_leaves_the_finished_page(exhibit, tmp_path):
    claims = chapters()
    exhibit({"parabola": figure(tmp_path)}, claims)
    finished = reproduce(tmp_path / "out", jobs=1, progress=False).page.read_text(encoding="utf-8")
    for path in (tmp_path / "out" / "cache").glob("chapter-second*"):
        path.unlink()
    claims["second"].CLAIMS[0] = replace(claims["second"].CLAIMS[0], check=interrupt)
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    page = result.page.read_text(encoding="utf-8")
    assert not result.complete
    assert "1 of 1 pass" in page
    assert "parabola" in page
    assert "This run was stopped" in page
    assert "This run was stopped" not in finished


@pytest.mark.parametrize("step", ["recall_results", "recall_pictures", "rendered_pages"])
def test_an_interrupt_before_or_after_the_work_leaves_the_old_page(step, exhibit, tmp_path, monkeypatch):
    exhibit({"parabola": figure(tmp_path)}, chapters())
    page = reproduce(tmp_path / "out", jobs=1, progress=False).page
    finished, files = page.read_bytes(), set((tmp_path / "out").iterdir())
    monkeypatch.setattr(run, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        reproduce(tmp_path / "out", jobs=1, progress=False)
    assert page.read_bytes() == finished
    assert set((tmp_path / "out").iterdir()) == files


def test_a_verdict_that_was_changed_on_disk_is_decided_again(exhibit, tmp_path):
    exhibit({}, chapters(holds=False))
    reproduce(tmp_path / "out", jobs=1, progress=False)
    (file,) = (tmp_path / "out" / "cache").glob("chapter-second-*.json")
    file.write_bytes(file.read_bytes().replace(b'"refuted"', b'"proved"'))
    result = reproduce(tmp_path / "out", jobs=1, progress=False)
    assert [verdict.outcome for _, verdict in result.entries][-1] == "refuted"


def test_work_of_unchanged_figures_needs_no_process(exhibit, tmp_path, monkeypatch):
    exhibit({"parabola": figure(tmp_path)}, chapters())
    reproduce(tmp_path / "out", jobs=1, progress=False)
    monkeypatch.setattr(run, "run_tasks", lambda tasks, *_: dict.fromkeys(tasks))
    assert reproduce(tmp_path / "out", jobs=1, progress=False).passed
