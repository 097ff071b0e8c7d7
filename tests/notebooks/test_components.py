"""A study of components and of dates known only to their month, through every notebook."""

from functools import cache

import pytest

from tests import builders
from tests.notebooks.execute import SECTIONS, run_notebook

TABLE = "application/vnd.cartcohort.table+json"
SUBJECTS = """
    subject_id, infusion_date, death_date, last_contact_date, best_response, response_date, relapse_date, \
tocilizumab_date, corticosteroid_date, marrow_blasts_pct, response_marrow_blasts_pct, response_anc_1e9_per_l, \
response_platelets_1e9_per_l, response_extramedullary, response_mrd_pct
  P1, 2020-01-01,        , 2022      ,    , 2020-01-29, 2021-01, 2020-01-05, , 80,  3, 1.5, 150, no, 0.01
  P2, 2020-02-01,        , 2022-12-31, CR , 2020-02-29,        ,           , , 60,  3, 0.5,  40, no, 0.1
  P3, 2020-02-01, 2020-09,           ,    ,           ,        ,           , , 90, 70, 0.2,  10, no,
  P4, 2020-03-01,        , 2022-11-30,    , 2020-03-28,        ,           , , 30,  2, 1.1, 120, no, 3
"""
EVENTS = """
    subject_id, term, grade, onset_date, resolution_date, treatment, fever, hypotension, hypoxia
  P1, CRS,  , 2020-01-03, 2020-01-08, , no , one vasopressor, low-flow
  P2, CRS, 1, 2020-02-04, 2020-02-08, , yes, no vasopressor, none
  P3, CRS,  , 2020-02-03, 2020-02-09, , yes, none, none
"""
COUNTS = "\n".join(
    ["subject_id,assessment_date,assay,value,unit"]
    + [f"P1,2020-01-{day:02},anc,{200 if day < 20 else 2000},/uL" for day in range(1, 32)]
    + [f"P2,2020-02-{day:02},anc,3.0,10^9/L" for day in range(1, 30)]
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "components"
    return str(builders.write_study(folder, subjects=SUBJECTS, adverse_events=EVENTS, assessments=COUNTS))


@cache
def shown_by(section, study):
    return run_notebook(section, study_path=study)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_page_counts_the_dates_known_only_to_the_month_or_year(study, section):
    shown = shown_by(section, study)
    assert "2 dates were known only to the month and 1 only to the year. They count as the middle of it" in shown.text


def test_safety_counts_computed_grades_and_lists_what_differs(study):
    shown = shown_by("safety", study)
    graded = {grade: shown.results[f"safety/crs/grade/{grade}"]["n_event"] for grade in range(1, 6)}
    assert graded == {1: 2, 2: 0, 3: 1, 4: 0, 5: 0}  # P1 by the exception after tocilizumab
    severe = shown.results["safety/icaht/grade_3_or_higher"]
    assert (severe["n_event"], severe["n"]) == (1, 2)
    [differing] = [table for table in shown.of_type(TABLE) if table["id"] == "safety-grading"]
    assert differing["csv"] == "subject_id,term,onset_day,recorded,computed\nP2,CRS,3,1,2\n"
    [table] = [bundle["text/html"] for bundle in shown.bundles if bundle.get(TABLE, {}).get("id") == "safety-icaht"]
    assert "Left out: 2 patients whose neutrophils were counted too seldom" in table


@pytest.mark.parametrize(("criteria", "n_event"), [("eln", 2), ("cibmtr", 3)])
def test_efficacy_judges_responses_by_the_criteria_asked_for(study, criteria, n_event):
    shown = run_notebook("efficacy", study_path=study, response_criteria=criteria)
    assert shown.results["efficacy/response/orr"]["n_event"] == n_event
    [differing] = [table for table in shown.of_type(TABLE) if table["id"] == "efficacy-response-grading"]
    assert differing["csv"] == "subject_id,recorded,computed\nP2,CR,CRi\n"
