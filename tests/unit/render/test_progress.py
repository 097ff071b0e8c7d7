import io

import pytest

from cartcohort.render.progress import Bars, Lines, Tally, make_progress
from cartcohort.render.tasks import Failure, Outcome


class Terminal(io.StringIO):
    def isatty(self):
        return True


def play(progress):
    progress.planned("survival", "there is no report yet")
    progress.started("survival")
    progress.started("safety")
    progress.advanced("survival", 3, 20)
    progress.ended("survival", Outcome(2.04, None))
    progress.ended("safety", Outcome(1.0, Failure("KeyError: 'x'\nmore", "cell 3 of 9")))
    progress.close()


def test_a_log_file_gets_plain_lines():
    stream = io.StringIO()
    progress = make_progress(["survival", "safety"], stream)
    assert isinstance(progress, Lines)
    play(progress)
    assert stream.getvalue().splitlines() == [
        "survival: to be made, there is no report yet",
        "survival: running",
        "safety: running",
        "survival: done in 2.0 s",
        "safety: failed after 1.0 s: KeyError: 'x' (cell 3 of 9)",
    ]


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_progress(["survival"], Terminal()), Lines)


def test_news_that_cannot_be_written_is_lost_and_the_run_goes_on():
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    play(make_progress(["survival", "safety"], Full()))


@pytest.mark.parametrize(
    ("sections", "stream", "kind"),
    [(1, io.StringIO(), Lines), (1, Terminal(), Bars), (13, Terminal(), Tally)],
    ids=["lines", "bars", "tally"],
)
def test_what_a_file_holds_never_commands_the_terminal(sections, stream, kind):
    progress = make_progress([f"s{number}" for number in range(sections)], stream)
    assert isinstance(progress, kind)
    progress.note("data file \x1b[31m\udcff\u202e Köln changed")
    assert "data file \\x1b[31m\\udcff\\u202e Köln changed\n" in stream.getvalue()
    assert not {"\x1b", "\u202e"} & {*stream.getvalue()}


def test_a_terminal_gets_a_bar_for_each_section():
    stream = Terminal()
    progress = make_progress(["survival", "safety"], stream)
    assert isinstance(progress, Bars)
    play(progress)
    written = stream.getvalue()
    assert "survival: to be made" in written
    assert "2/20 cells" in written
    assert "20/20 cells" in written
    assert "done" in written and "failed" in written


def test_many_sections_share_one_bar_which_counts_those_to_be_made():
    stream = Terminal()
    progress = make_progress([f"run{number}/survival" for number in range(13)], stream)
    for name in ("run0/survival", "run1/survival"):
        progress.planned(name, "there is no report yet")
    progress.started("run0/survival")
    progress.started("run1/survival")
    progress.advanced("run0/survival", 3, 20)
    progress.ended("run0/survival", Outcome(2.04, None))
    progress.ended("run1/survival", Outcome(1.0, Failure("KeyError: 'x'", "cell 3 of 9")))
    progress.close()
    written = stream.getvalue()
    assert "2 of 2 sections" in written
    assert "run1/survival: failed after 1.0 s: KeyError: 'x' (cell 3 of 9)" in written
    assert "there is no report yet" not in written
