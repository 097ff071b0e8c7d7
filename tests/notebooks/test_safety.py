"""The safety notebook on the bundled studies: its numbers, what its parameters change, and studies that lack much."""

import numpy as np
import pandas as pd
import pytest

from tests import builders
from tests.notebooks.execute import run_notebook

FIGURES = "application/vnd.cartcohort.figure+json"
TABLES = "application/vnd.cartcohort.table+json"


@pytest.fixture(scope="module")
def default():
    return run_notebook("safety")


@pytest.fixture(scope="module")
def transplant():
    return run_notebook("safety", study_path="data/bmt")


def ids(shown, mime):
    return [bundle["id"] for bundle in shown.of_type(mime)]


def test_the_published_counts_of_crs_and_icans(default):
    for syndrome, n_event in (("crs", 32), ("icans", 6)):
        share = default.results[f"safety/{syndrome}/any"]
        assert (share["n_event"], share["n"]) == (n_event, 35)
        assert default.results[f"safety/ae/{syndrome}/any"]["n_event"] == n_event


def test_grades_add_up_to_the_patients_with_the_event(default):
    for syndrome in ("crs", "icans"):
        grades = [default.results[f"safety/{syndrome}/grade/{grade}"]["n_event"] for grade in range(1, 6)]
        assert sum(grades) == default.results[f"safety/{syndrome}/any"]["n_event"]
        assert sum(grades[2:]) == default.results[f"safety/{syndrome}/grade_3_or_higher"]["n_event"]


def test_the_fatal_crs_is_open_at_death_and_censored(default):
    assert default.results["safety/crs/grade/5"]["n_event"] == 1
    assert default.results["safety/crs/unresolved"]["n_event"] == 1
    duration = default.results["safety/crs/duration"]
    assert (duration["n"], duration["n_event"]) == (32, 31)


def test_onset_is_that_of_the_rows_in_the_file(default):
    events = pd.read_csv("data/car1922/adverse_events.csv").query("term == 'CRS'")
    infusion = pd.read_csv("data/car1922/subjects.csv").set_index("subject_id")["infusion_date"]
    first = pd.to_datetime(events.groupby("subject_id")["onset_date"].min())
    days = (first - pd.to_datetime(infusion.reindex(first.index))).dt.days
    onset = default.results["safety/crs/onset"]
    assert (onset["estimate"], onset["n"]) == (days.median(), len(days))
    assert default.results["safety/crs/onset/maximum"]["estimate"] == days.max()


def test_the_second_infusion_has_its_own_denominator(default):
    second = default.results["safety/sensitivity/crs/second_infusion/any"]
    assert (second["n_event"], second["n"]) == (9, 34)


def test_early_treatment_comes_with_its_caveat_everywhere(default):
    early = {name: record for name, record in default.results.items() if "early_treatment" in name}
    tests = [record for name, record in early.items() if name.rsplit("/", 1)[1] in ("test", "cox", "logrank")]
    assert len(tests) == 4
    assert all(record["note"].startswith("confounded by indication") for record in tests)
    assert "cannot tell what treating early does" in default.text


def test_more_early_days_treat_more_patients_early(default):
    wide = run_notebook("safety", early_treatment_days=10)
    name = "safety/crs/early_treatment/given"
    assert wide.results[name]["n_event"] == 14 > default.results[name]["n_event"]


def test_the_safety_population_is_everybody_infused_whatever_is_asked_for():
    shown = run_notebook("safety", population="evaluable")
    assert shown.results["safety/crs/any"]["n"] == 35


def test_everything_is_drawn_and_tabulated_once(default):
    assert ids(default, FIGURES) == [
        "safety-grades", "safety-timeline", "safety-severity", "safety-peaks", "safety-events", "safety-markers",
    ]  # fmt: skip
    assert len(ids(default, TABLES)) == len(set(ids(default, TABLES)))


def test_a_study_without_crs_shows_all_events_and_names_what_it_would_need(transplant):
    assert transplant.results["safety/ae/acute_gvhd/any"]["n_event"] == 26
    assert transplant.results["safety/ae/chronic_gvhd/any"]["n_event"] == 61
    assert transplant.results["safety/ae/acute_gvhd/grade_3_or_higher"]["estimate"] is None
    assert not [name for name in transplant.results if name.startswith(("safety/crs", "safety/icans"))]
    assert "rows of adverse_events with the term CRS or ICANS" in transplant.text
    assert "Grade not recorded" in transplant.text
    assert ids(transplant, FIGURES) == ["safety-events"]


def test_a_factor_of_many_levels_and_one_of_one_level_run_through():
    shown = run_notebook("safety", factors=["age_years", "prior_lines", "first_product"])
    assert "safety/crs/severity/test/prior_lines" in shown.results


def test_events_of_one_patient_run_through(tmp_path):
    study = builders.write_study(
        tmp_path / "one",
        subjects="subject_id,last_contact_day,death_day,tocilizumab_day\nP1,100,,4\n",
        adverse_events="subject_id,term,grade,onset_day,resolution_day\nP1,crs,2,3,\n",
        assessments="subject_id,assessment_day,assay,value,unit\nP1,4,IL-6,0,pg/mL\nP1,5,CRP,9,mg/L\n",
        yaml="title: One patient",
    )
    shown = run_notebook("safety", study_path=str(study))
    assert shown.results["safety/crs/any"]["n_event"] == 1
    assert shown.results["safety/crs/duration"]["note"] == "not estimable: no end of an episode is recorded"
    assert shown.results["safety/crs/peak/il6/below_grade_3"]["estimate"] == 0


def test_events_with_nothing_but_their_term_run_through(tmp_path):
    study = builders.write_study(
        tmp_path / "terms",
        subjects=builders.COHORT,
        adverse_events="subject_id,term,onset_date\nP1,CRS,\nP2,Crs,\nP3,icans,\n",
        yaml=f"data_cutoff_date: {builders.CUTOFF}\nfactors: [genetic_risk]",
    )
    shown = run_notebook("safety", study_path=str(study))
    assert shown.results["safety/crs/any"]["n_event"] == 2
    assert shown.results["safety/crs/grade/not_recorded"]["n_event"] == 2
    assert shown.results["safety/crs/grade_3_or_higher"]["estimate"] is None
    assert shown.results["safety/crs/onset"]["note"] == "not estimable: no day is known"


def write_large(folder, n):
    """A registry with CRS in most patients, markers in some, and every kind of gap."""
    rng = np.random.default_rng(7)
    ids = np.array([f"R{i:05d}" for i in range(n)])
    grade = rng.choice([0, 1, 2, 3, 4], n, p=[0.2, 0.35, 0.25, 0.15, 0.05])
    onset, has = rng.integers(0, 12, n), grade > 0
    subjects = pd.DataFrame({"subject_id": ids, "last_contact_day": rng.integers(30, 900, n), "death_day": ""})
    subjects["arm"] = rng.choice(["a", "b", ""], n)
    subjects["tocilizumab_day"] = pd.array(np.where(grade > 2, onset + 2, 0), dtype="Int64")
    subjects.loc[grade <= 2, "tocilizumab_day"] = pd.NA
    events = pd.DataFrame({"subject_id": ids, "term": "CRS", "grade": grade, "onset_day": onset})[has]
    events["resolution_day"] = pd.array(events["onset_day"] + 5, dtype="Int64")
    events.loc[events.index[::9], "resolution_day"] = pd.NA
    events["grade"] = pd.array(events["grade"], dtype="Int64")
    events.loc[events.index[::7], "grade"] = pd.NA
    days = np.arange(0, 28, 3)
    values = pd.DataFrame(
        {"subject_id": np.repeat(ids, len(days)), "assessment_day": np.tile(days, n), "assay": "il6"}
    )
    values["value"] = rng.lognormal(2 + np.repeat(grade, len(days)), 1)
    folder.mkdir()
    subjects.to_csv(folder / "subjects.csv", index=False)
    events.to_csv(folder / "adverse_events.csv", index=False)
    values.assign(unit="pg/mL").to_csv(folder / "assessments.csv", index=False)
    (folder / "study.yaml").write_text("title: Large\nfactors: [arm]\n", encoding="utf-8")
    return folder


def test_many_patients_give_small_figures_that_say_what_they_show(tmp_path):
    shown = run_notebook("safety", study_path=str(write_large(tmp_path / "large", 3000)))
    assert shown.results["safety/crs/any"]["n"] == 3000
    drawn = [bundle for bundle in shown.bundles if FIGURES in bundle]
    assert sum(len(bundle["image/svg+xml"]) for bundle in drawn) < 300_000
    assert "60 of " in next(one for one in shown.of_type(FIGURES) if one["id"] == "safety-timeline")["description"]
