"""The line of study.yaml that maps usual codes."""

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.synonyms import offer_line
from tests.builders import make_study


@pytest.mark.parametrize(
    ("levels", "texts", "line"),
    [
        (("no", "yes"), ["Y"], "x: {'N': no, 'Y': yes}"),
        (("no", "yes"), ["no", "Yes"], "x: {'No': no, 'Yes': yes}"),
        (("no", "yes"), ["1", "maybe"], "x: {0: no, 1: yes}"),
        (("female", "male"), ["F", "M"], "x: {F: female, M: male, W: female}"),
        (("no", "yes"), ["maybe"], ""),
        (("high", "low"), ["H"], ""),
    ],
)
def test_the_codes_of_all_levels_are_offered_where_one_is_a_usual_one(levels, texts, line):
    assert offer_line("x", levels, texts) == line


def test_a_line_that_is_offered_works_and_does_not_tell_what_the_cell_holds(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,prior_hsct\nA,,5,Y\nB,,5,no\n"
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path / "a", subjects=subjects, yaml="")
    [problem] = caught.value.problems
    line = "values: {subjects: {prior_hsct: {'N': no, 'Y': yes}}}"
    assert problem.remedy == (
        f"Allowed: no, yes. Correct the cells, or map them with `values` in study.yaml, such as `{line}`."
    )
    study = make_study(tmp_path / "b", subjects=subjects, yaml=line)
    assert study.subjects["prior_hsct"].tolist() == ["yes", "no"]
