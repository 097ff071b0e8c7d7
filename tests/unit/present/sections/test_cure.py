"""What is said of cure: on whom it rests, what the models make of it, and how sure one may be."""

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.sections import cure

FAMILIES = ("weibull", "exponential", "log_normal", "log_logistic")


def records(
    name="os",
    *,
    followed=11,
    low=0.26,
    maller_zhou=0.00001,
    shen=0.043,
    left=0.01,
    fraction=0.42,
    note="",
    n_event=20,
):
    prefix = f"survival/{name}/cure"
    known = {"n": 35, "n_event": n_event}
    found = {}
    for rank, family in enumerate(FAMILIES):
        share = {"estimate": fraction, "conf_low": low, "conf_high": 0.58} if fraction is not None else {}
        found |= {
            f"{prefix}/fraction/{family}": Result(**share, conf_level=0.95, unit="proportion", note=note, **known),
            f"{prefix}/test/{family}": Result(p_value=0.001, **known),
            f"{prefix}/aic/with/{family}": Result(estimate=160 + rank, unit="AIC", **known),
            f"{prefix}/aic/without/{family}": Result(estimate=170, unit="AIC", **known),
            f"{prefix}/uncured_median/{family}": Result(estimate=5.9, unit="months", **known),
            f"{prefix}/uncured_at_end/{family}": Result(estimate=left, unit="proportion", **known),
        }
    found |= {
        f"{prefix}/follow_up/maller_zhou": Result(p_value=maller_zhou, estimate=0.5, unit="proportion", **known),
        f"{prefix}/follow_up/shen": Result(p_value=shen, estimate=0.1, unit="proportion", **known),
        f"{prefix}/plateau/last_event": Result(estimate=20.3, unit="months", **known),
        f"{prefix}/plateau/length": Result(estimate=39.2, unit="months", **known),
        f"{prefix}/plateau/followed": Result(estimate=followed, unit="patients", **known),
        f"{prefix}/plateau/level": Result(estimate=0.417, conf_low=0.25, conf_high=0.58, conf_level=0.95, **known),
        f"{prefix}/plateau/hazard": Result(
            estimate=0, conf_low=0, conf_high=0.191, conf_level=0.95, unit="events per patient-year", n=11, n_event=0
        ),
    }
    return ResultSet(found)


def say(**changes):
    return cure.describe_cure(records(**changes), p_style="journal")[0].text


def test_the_plateau_is_told_before_what_a_model_makes_of_it():
    text = say()
    assert text.startswith(
        "The plateau of overall survival rests on 11 patients who were followed beyond the last event at 20.3 "
        "months, at most 39.2 months longer. That none of them had one since is compatible with up to 0.19 events a "
        "patient-year (exact 95% CI). Under a Weibull model 42.0% (95% CI, 26.0% to 58.0%) would be cured; "
    )


def test_where_every_criterion_is_met_few_patients_are_still_a_caution():
    assert "Follow-up suffices by Maller and Zhou's test (p < 0.0001), Shen's test (p = 0.043), and" in say()
    assert "a plateau can be spoken of, though with so few patients" in say()
    assert say(followed=200).count("though with so few patients") == 0


def test_where_criteria_disagree_it_cannot_be_told():
    text = say(shen=0.3)
    assert "but not by Shen's test (p = 0.30): the criteria disagree" in text
    assert "the uncured left at its end under the family of lowest AIC (Weibull, 1.0%)" in text


def test_where_no_criterion_is_met_the_fractions_say_more_of_the_models():
    text = say(maller_zhou=0.3, shen=0.4, left=0.3)
    assert "Follow-up does not suffice" in text and "cannot be told from these data" in text


def test_a_limit_on_the_boundary_is_said():
    families = "Weibull, exponential, log-normal, and log-logistic models"
    assert f"Under the {families} no cure at all remains compatible with the data" in say(low=0)
    assert "no cure at all" not in say()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"followed": 0}, "nobody was followed beyond the last event, so whether some patients are cured cannot"),
        ({"followed": None, "n_event": 0}, "no event was seen, so whether some patients are cured cannot be told"),
        (
            {"fraction": None, "note": "not estimable: all events at one time"},
            "the cure fraction is not estimable (all events at one time)",
        ),
    ],
)
def test_where_there_is_no_answer_the_reason_is_given(changes, words):
    assert words in say(**changes)


def test_overall_survival_says_that_background_mortality_is_not_taken_off():
    assert "no background mortality is taken off" in say()
    assert "background" not in say(name="pfs")


def test_a_single_patient_on_the_plateau_is_in_the_singular():
    text = say(followed=1)
    assert "rests on 1 patient who was followed beyond the last event at 20.3 months, 39.2 months longer." in text
    assert "That this patient had none since is compatible with" in text


def test_nothing_to_ask_is_said():
    assert "not asked" in cure.describe_cure(ResultSet(), p_style="journal")[0].text


def test_tables_show_each_family_and_the_tests_of_follow_up():
    table = cure.table_cure(records(), p_style="journal")
    assert "42.0% (26.0%–58.0%)" in table.text and "Log-logistic" in table.text and "0.0010" in table.text
    plateau = cure.table_plateau(records(), p_style="journal")
    assert "20.3" in plateau.text and "0.043" in plateau.text and "0.00 (0.00–0.19)" in plateau.text
