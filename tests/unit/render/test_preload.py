"""What the fork server says of forks that come to nothing."""

from __future__ import annotations

from cartcohort.render.preload import pass_over_orphans


def test_a_fork_whose_parent_was_ended_dies_without_a_word_and_other_errors_are_shown(capsys):
    pass_over_orphans(EOFError, EOFError("Ran out of input"), None)
    assert capsys.readouterr().err == ""
    pass_over_orphans(ValueError, ValueError("something else"), None)
    assert capsys.readouterr().err == "ValueError: something else\n"
