"""No page shows a plain comparison of survival by what is known only after infusion without its guard beside it."""

import functools
import re

import pytest

from cartcohort.errors import ParameterError
from cartcohort.present.display import MIME_FIGURE
from tests.notebooks.execute import SECTIONS, run_notebook

LATE = {"data/car1922": ("response", "hsct", "severe_crs", "early_treatment"), "data/bmt": ("platelet_recovery",)}
run = functools.cache(run_notebook)
each_study = pytest.mark.parametrize("study", LATE)


@each_study
def test_every_group_known_later_is_marked_and_stands_beside_landmarks_a_model_and_a_strip(study):
    results = run("survival", study_path=study).results
    for group in LATE[study]:
        for endpoint in ("os", "pfs"):
            stem = f"survival/{endpoint}"
            for plain in (f"{stem}/logrank/{group}", f"{stem}/cox/{group}/yes"):
                assert results[plain]["note"].startswith("biased by guarantee time")
            guards = [f"{stem}/landmark/{day}d/{kind}/{group}" for day in (28, 90) for kind in ("logrank", "cox")]
            guards += [f"{stem}/time_dependent_cox/{group}", f"{stem}/landmark_strip/182d/cox/{group}"]
            assert set(guards) <= set(results)


@each_study
def test_survival_is_compared_by_no_other_group_known_later(study):
    results = run("survival", study_path=study).results
    factors = set(run("survival", study_path=study).variables["cohort"].factors)
    compared = {name.split("/")[3] for name in results if re.match(r"survival/\w+/(logrank|cox|median|rate)/", name)}
    assert compared & set(LATE[study]) == set(LATE[study])
    assert not factors & set(LATE[study])


@each_study
def test_who_takes_part_at_a_landmark_and_who_is_left_out_is_everybody(study):
    shown = run("survival", study_path=study)
    n = len(shown.variables["cohort"].subjects)
    for group in LATE[study]:
        for day in (28, 90):
            stem = f"survival/os/landmark/{day}d/count/{group}/"
            counts = [record["estimate"] for name, record in shown.results.items() if name.startswith(stem)]
            assert len(counts) == 5 and sum(counts) == n


@pytest.mark.parametrize("section", SECTIONS)
def test_curves_of_events_by_response_or_treatment_are_drawn_only_as_biased_beside_a_landmark(section):
    figures = run(section, study_path="data/car1922").of_type(MIME_FIGURE)
    curves = [figure for figure in figures if re.search(r"No response:|Response:|Severe CRS:", figure["description"])]
    drawn = [figure for figure in curves if "patients, " in figure["description"]]
    assert [figure["id"] for figure in drawn] == (["survival-by-response"] if section == "survival" else [])
    for figure in drawn:
        assert "BIASED" in figure["description"] and "from the landmark at day 28" in figure["description"]


def test_the_safety_page_points_to_the_guard_of_early_treatment():
    assert (
        "The survival section has this comparison beside landmarks" in run("safety", study_path="data/car1922").text
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_takes_a_group_known_later_as_a_factor(section):
    with pytest.raises(ParameterError, match="known only after infusion"):
        run_notebook(section, factors=["sex", "response"])


def test_a_transplant_that_ends_the_endpoints_is_not_compared():
    shown = run("survival", hsct_handling="censor")
    assert not [name for name in shown.results if name.endswith("/hsct")]
    assert "By transplant nothing is compared, since it ends these endpoints" in shown.text


def test_a_later_end_of_early_treatment_moves_patients_into_the_group():
    few, many = (
        run("survival", early_treatment_days=days).results["survival/os/count/early_treatment/yes"]["estimate"]
        for days in (2, 7)
    )
    assert few < many


def test_from_enrolment_days_of_change_count_from_there_too():
    infusion, enrolment = (run("survival", origin=origin).results for origin in ("infusion", "enrollment"))
    name = "survival/os/landmark/28d/count/response/yes"
    assert enrolment[name]["estimate"] < infusion[name]["estimate"]
