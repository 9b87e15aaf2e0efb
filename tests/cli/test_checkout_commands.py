"""``flowdln verify``, ``figures`` and ``reproduce``: what is printed, what is written, and how they end."""

import json
import re
from dataclasses import replace

import pytest
from exhibits import BROKEN, chapter, claim, figure, refuted
from one_line import assert_refused


class TestVerify:
    def test_one_claim_is_told_in_full(self, run):
        outcome = run("verify", "single-layer")
        assert outcome.code == 0
        for word in (
            "verdict:      proved under assumptions",
            "check:",
            "control:",
            "lambda > 0",
            "w_0 e^{-\\lambda t",
        ):
            assert word in outcome.out
        assert outcome.out.endswith("\n1 claim: 1 proved under assumptions\n")

    def test_a_chapter_is_a_table(self, run):
        outcome = run("verify", "single_layer")
        assert outcome.code == 0
        *rows, last, times = outcome.out.splitlines()
        assert [row.split("  ")[0] for row in rows] == ["proved", "proved under assumptions"]
        assert [row[26:].split()[0] for row in rows] == ["single-layer-decoupling", "single-layer"]
        assert last == "2 claims: 1 proved, 1 proved under assumptions"
        assert re.fullmatch(r"checks and controls took \d+ s, the slowest, single-layer\S*, \d+\.\d s", times)

    def test_an_unknown_name_is_refused(self, run):
        assert_refused(
            run("verify", "single-lair"), "the claim is 'single-lair'", "Did you mean 'single_layer' or 'single-layer'"
        )

    @pytest.mark.parametrize(
        ("options", "outcome"),
        [
            pytest.param({"holds": False}, "refuted", id="refuted"),
            pytest.param({"control": True}, "control not rejected", id="control passed"),
        ],
    )
    @pytest.mark.parametrize(("names", "count"), [((), 2), (("bad",), 1)], ids=["all", "alone"])
    def test_a_claim_that_does_not_hold_ends_with_exit_code_1(self, names, count, options, outcome, run, chapters):
        chapters(first=chapter("first", claim("good"), claim("bad", **options)))
        ended = run("verify", *names, "--jobs", 1)
        assert ended.code == 1
        assert outcome in ended.out
        assert f"{count} claim" in ended.out
        assert "; 1 cannot be relied on (!)\n" in ended.out
        assert ended.err == ""

    def test_a_document_and_a_verdict_choose_the_rows(self, run, chapters):
        chapters(first=chapter("first", claim("one", document="basu"), refuted("two"), claim("three")))
        ended = run("verify", "basu", "--verdict", "refuted", "--jobs", 1)
        assert ended.code == 0
        shown, last, _ = ended.out.splitlines()
        assert shown.split()[:3] == ["refuted,", "misprint", "two"]
        assert last == "2 claims: 1 proved under assumptions, 1 refuted (1 misprint)"

    def test_an_unknown_verdict_is_refused(self, run):
        assert_refused(run("verify", "--verdict", "wrong"), "the verdict is 'wrong'", "refuted")

    def test_verdicts_are_written_as_json(self, run, tmp_path, chapters):
        chapters(first=chapter("first", claim("one"), refuted("two")))
        ended = run("verify", "--json", tmp_path / "verdicts.json", "--jobs", 1)
        assert ended.code == 0
        written = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
        assert {name: entry["verdict"] for name, entry in written.items()} == {
            "one": "proved under assumptions",
            "two": "refuted",
        }

    @pytest.mark.parametrize("name", ["", "none/verdicts.json"], ids=["a folder", "in no folder"])
    def test_a_file_that_cannot_be_written_is_refused_before_the_work(self, name, run, tmp_path, chapters):
        chapters(first=chapter("first", replace(claim("one"), check=None)))
        assert_refused(run("verify", "--json", tmp_path / name, "--jobs", 1), "expected a file")

    def test_an_interrupt_ends_with_exit_code_130_and_shows_what_is_decided(self, run, chapters):
        def interrupt():
            raise KeyboardInterrupt

        chapters(first=chapter("first", claim("one"), replace(claim("two"), check=interrupt), claim("three")))
        ended = run("verify", "--jobs", 1)
        assert ended.code == 130
        assert ended.out.splitlines()[-1] == "1 claim: 1 proved under assumptions"


class TestFigures:
    def test_one_by_name(self, run, tmp_path):
        outcome = run("figures", "basu_fig1", "--quick", "-o", tmp_path)
        assert outcome.code == 0
        assert outcome.out.startswith(f"ok      {tmp_path / 'basu_fig1'}.png  (quick, ")
        assert outcome.out.count("\n") == 1
        assert {file.name for file in tmp_path.glob("basu*")} == {f"basu_fig1.{kind}" for kind in ("png", "pdf", "svg")}

    def test_all_where_none_is_named(self, run, figures, tmp_path):
        figures(left=figure(tmp_path, "left"), right=figure(tmp_path, "right"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "new" / "folder")
        assert outcome.code == 0
        assert [line.split()[0] for line in outcome.out.splitlines()] == ["ok", "ok"]
        assert (tmp_path / "new" / "folder" / "right.svg").exists()

    def test_a_number_that_is_off_is_told_and_ends_with_exit_code_1(self, run, figures, tmp_path):
        wrong = figure(tmp_path, "wrong", right="height * x", wrong="2 * height * x")
        figures(wrong=wrong, good=figure(tmp_path, "good"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "out")
        assert outcome.code == 1
        first, second, third = outcome.out.splitlines()
        assert first.startswith("FAILED")
        assert second.strip() == "height of the parabola: 8, expected 4 +- 0.01"
        assert third.startswith("ok")

    def test_a_figure_that_cannot_be_made_ends_with_exit_code_1(self, run, figures, tmp_path, caplog):
        broken = figure(tmp_path, "broken", right="x = np.linspace", wrong=f"{BROKEN}; x = np.linspace")
        figures(broken=broken, good=figure(tmp_path, "good"))
        outcome = run("figures", "--jobs", 1, "-o", tmp_path / "out")
        assert outcome.code == 1
        first, second = outcome.out.splitlines()
        assert first == "FAILED  broken  RuntimeError: out of paper"
        assert second.startswith(f"ok      {tmp_path / 'out' / 'good'}.png  (default, ")
        assert "out of paper" in caplog.text

    def test_an_unknown_name_is_refused(self, run, tmp_path):
        assert_refused(
            run("figures", "basu_fig9", "-o", tmp_path), "the figure is 'basu_fig9'", "Did you mean 'basu_fig"
        )

    @pytest.mark.parametrize("command", ["figures", "reproduce"])
    def test_a_folder_that_is_a_file_is_refused(self, command, run, figures, chapters, tmp_path):
        figures(good=figure(tmp_path, "good"))
        chapters(first=chapter("first", claim("good")))
        (tmp_path / "taken").write_text("")
        outcome = run(command, "-o", tmp_path / "taken")
        assert_refused(outcome, "taken cannot be written (", "Choose another with --output.")


class TestReproduce:
    @pytest.fixture
    def command(self, run, figures, chapters, tmp_path):
        def reproduce(claims=None, **change):
            figures(left=figure(tmp_path, "left"), right=figure(tmp_path, "right", **change))
            chapters(first=chapter("first", claim("one"), claim("two", **(claims or {}))))
            return run("reproduce", "--quick", "--jobs", 1, "--output", tmp_path / "out")

        return reproduce

    def test_writes_the_page(self, command, tmp_path):
        outcome = command()
        assert outcome.code == 0
        claims, figures, place = outcome.out.splitlines()
        assert claims == "2 claims: 2 proved under assumptions"
        assert figures == "2 of 2 figures pass"
        assert place == f"The page is {tmp_path / 'out' / 'index.html'}"
        assert (tmp_path / "out" / "index.html").is_file()

    @pytest.mark.parametrize(
        ("claims", "change", "summary"),
        [
            pytest.param({"holds": False}, {}, "1 cannot be relied on (!)\n2 of 2 figures pass", id="claim refuted"),
            pytest.param(
                None,
                {"right": "height * x", "wrong": "2 * height * x"},
                "2 claims: 2 proved under assumptions\n1 of 2 figures pass",
                id="figure off",
            ),
        ],
    )
    def test_a_failure_is_counted_and_ends_with_exit_code_1(self, claims, change, summary, command, tmp_path):
        outcome = command(claims, **change)
        assert outcome.code == 1
        assert summary in outcome.out
        assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize("command", ["figures", "reproduce"])
def test_two_sizes_at_once_are_refused(command, run, tmp_path):
    assert_refused(run(command, "--quick", "--full", "-o", tmp_path), "the size is both --quick and --full")
