"""Patients' characteristics, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.sections import baseline

LABELS = {"age_years": "Age (years)", "genetic_risk": "Genetic risk", "sex": "Sex"}


def category(*values, levels):
    return pd.Categorical(values, categories=levels, ordered=True)


def make_subjects():
    return pd.DataFrame(
        {
            "best_response": category("CR", "CRi", "PR", "NR", None, levels=["CR", "CRi", "PR", "NR", "NE"]),
            "age_years": [20.0, 30.0, 50.0, np.nan, 40.0],
            "genetic_risk": category("low", "high", None, "high", "high", levels=["low", "high"]),
            "sex": category(*[None] * 5, levels=["female", "male"]),
        }
    )


def describe(subjects, *factors):
    return baseline.count_baseline(subjects, factors, labels=LABELS)


def results(subjects, *factors):
    found = baseline.summarise_baseline(describe(subjects, *factors))
    return {name.removeprefix("efficacy/baseline/"): result for name, result in found.items()}


def counts(result):
    return result.n_event, result.n


def test_shares_are_of_known_values_and_the_unknown_are_counted():
    found = results(make_subjects())
    assert counts(found["genetic_risk/high"]) == (3, 4)
    assert found["genetic_risk/high"].estimate == 0.75
    assert counts(found["genetic_risk/missing"]) == (1, 5)


def test_levels_are_counted_within_responders_and_non_responders():
    found = results(make_subjects())
    assert counts(found["response/genetic_risk/high"]) == (1, 2)
    assert counts(found["nonresponse/genetic_risk/high"]) == (2, 2)
    assert counts(found["nonresponse/genetic_risk/low"]) == (0, 2)


def test_a_patient_of_unknown_response_is_a_non_responder():
    assert baseline.group_sizes(make_subjects()) == {"All patients": 5, "Responders": 3, "Non-responders": 2}


def test_numbers_have_median_and_range():
    found = results(make_subjects())
    values = [found[f"age_years/{name}"].estimate for name in ("minimum", "median", "maximum")]
    assert values == [20, 35, 50]
    assert found["age_years/median"].n == 4
    assert found["response/age_years/median"].estimate == 30


def test_the_standardised_difference_is_that_of_responders_minus_non_responders():
    subjects = make_subjects().assign(age_years=[20.0, 30.0, 40.0, 40.0, 60.0])
    # means 30 and 50, variances 100 and 200
    assert results(subjects)["age_years/smd"].estimate == pytest.approx(-20 / np.sqrt(150))


def test_a_standardised_difference_that_cannot_be_had_says_why():
    found = results(make_subjects())["age_years/smd"]  # a single known age among the non-responders
    assert found.estimate is None
    assert found.note.startswith("not estimable")


def test_a_column_without_values_is_left_out():
    assert "sex" not in set(describe(make_subjects())["column"])


def test_a_factor_split_at_its_median_is_described_by_its_numbers():
    subjects = make_subjects().assign(
        wait=category("at most 3", "at most 3", "above 3", "above 3", "above 3", levels=["at most 3", "above 3"]),
        wait_value=[1.0, 3.0, 5.0, 7.0, 9.0],
    )
    assert results(subjects, "wait")["wait/median"].estimate == 5
    assert "wait/above 3" not in results(subjects, "wait")


def test_response_itself_is_no_baseline_characteristic():
    assert "best_response" not in set(describe(make_subjects(), "best_response")["column"])


def test_without_non_responders_there_is_one_group_and_no_difference():
    subjects = make_subjects().assign(best_response=category(*["CR"] * 5, levels=["CR", "NR"]))
    assert baseline.group_sizes(subjects) == {"All patients": 5}
    assert not [name for name in results(subjects) if name.endswith("/smd") or name.startswith("nonresponse")]


def test_a_level_called_missing_does_not_hide_the_missing():
    subjects = make_subjects().assign(site=category("missing", "a", "a", "a", None, levels=["a", "missing"]))
    found = results(subjects, "site")
    assert counts(found["site/level missing"]) == (1, 4)
    assert counts(found["site/missing"]) == (1, 5)


def test_a_study_without_characteristics_gives_nothing():
    subjects = make_subjects()[["best_response"]]
    assert describe(subjects).empty
    assert results(subjects) == {}
