"""What the errors of the project say and carry."""

import pickle

from cartcohort.errors import ParameterError, Problem, StudyDataError, did_you_mean


def test_an_error_says_problem_then_place_then_remedy():
    problem = Problem("`grade` must be 1 to 5.", "adverse_events.csv: row 3, column grade.", "Correct the grade.")
    assert str(StudyDataError(problem)).splitlines() == [problem.what, problem.where, problem.remedy]


def test_an_error_carries_every_problem_across_processes():
    error = ParameterError([Problem("one"), Problem("two", "there")])
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is ParameterError
    assert copy.problems == error.problems
    assert copy.exit_code == 10


def test_a_close_name_is_offered_and_a_distant_one_is_not():
    assert did_you_mean("survial", ["survival", "safety"]) == " Did you mean `survival`?"
    assert did_you_mean("zzz", ["survival", "safety"]) == ""
