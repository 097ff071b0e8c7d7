"""Response rates, their denominators and the flow of patients, counted by hand."""

import pandas as pd
import pytest

from cartcohort.estimate.sections import efficacy

EXACT_27_OF_35 = (0.5986367438926853, 0.8957895680521848)  # R 4.2, binom.test
WILSON_27_OF_35 = (0.6098268310800976, 0.8793412016580832)  # R 4.2, prop.test without continuity correction


def make_subjects(*responses, **columns):
    """Patients with these best responses; every column that the composers read is there."""
    n = len(responses)
    days = {
        name: pd.array([pd.NA] * n, dtype="Int64") for name in ("death_day", "response_day", "second_infusion_day")
    }
    frame = pd.DataFrame(
        {
            "best_response": pd.Categorical(responses, categories=["CR", "CRi", "PR", "NR", "NE"]),
            "mrd_negative": pd.Categorical([None] * n, categories=["no", "yes"], ordered=True),
            "infused": True,
            **days,
        }
    )
    return frame.assign(**columns)


def yes_no(*values):
    return pd.Categorical(values, categories=["no", "yes"], ordered=True)


def whole(*values):
    return pd.array(values, dtype="Int64")


def rates(*responses, **columns):
    return efficacy.summarise_response(make_subjects(*responses, **columns), conf_level=0.95)


def counts(result):
    return result.n_event, result.n


def test_the_published_response_rate_has_the_limits_that_r_gives():
    found = rates(*["CR"] * 20, *["CRi"] * 5, *["PR"] * 2, *["NR"] * 8)
    orr, wilson = found["efficacy/response/orr"], found["efficacy/response/orr/wilson"]
    assert counts(orr) == (27, 35)
    assert (orr.conf_low, orr.conf_high) == pytest.approx(EXACT_27_OF_35, abs=1e-8)
    assert (wilson.conf_low, wilson.conf_high) == pytest.approx(WILSON_27_OF_35, abs=1e-8)
    assert orr.estimate == wilson.estimate == pytest.approx(27 / 35)


def test_patients_without_an_evaluable_response_stay_in_the_denominator():
    found = rates("CR", "PR", "NE", None, "NR")
    assert counts(found["efficacy/response/orr"]) == (2, 5)
    assert counts(found["efficacy/response/ne"]) == (2, 5)
    assert counts(found["efficacy/response/nr"]) == (1, 5)


def test_each_best_response_is_counted_once():
    found = rates("CR", "CR", "CRi", "PR", "NR", "NE")
    kinds = ("cr", "cri", "pr", "nr", "ne")
    assert [found[f"efficacy/response/{kind}"].n_event for kind in kinds] == [2, 1, 1, 1, 1]
    assert found["efficacy/response/cr_cri"].n_event == 3


def test_mrd_has_three_denominators_and_says_how_many_are_unknown():
    found = rates("CR", "CRi", "CR", "PR", "NR", mrd_negative=yes_no("yes", "no", None, None, None))
    assert counts(found["efficacy/response/mrd_negative"]) == (1, 5)
    assert counts(found["efficacy/response/mrd_negative/remission"]) == (1, 3)
    assert counts(found["efficacy/response/mrd_negative/assessed"]) == (1, 2)
    assert found["efficacy/response/mrd_negative"].note.startswith("MRD unknown in 1 of those")


def test_nothing_is_claimed_where_response_was_not_recorded():
    found = rates(None, None, None)
    assert found["efficacy/response/orr"].estimate is None
    assert found["efficacy/response/orr"].note == "not estimable: best response was not recorded"
    assert found["efficacy/response/mrd_negative"].note == "not estimable: MRD was not recorded"
    assert "efficacy/response/orr/wilson" not in found


def test_a_response_present_at_day_zero_is_called_a_condition_of_entry():
    at_entry = rates("CR", "CR", response_day=whole(0, 0))
    later = rates("CR", "CR", response_day=whole(0, 28))
    assert "condition of entry" in at_entry["efficacy/response/orr"].note
    assert later["efficacy/response/orr"].note == ""


def test_the_denominator_grows_from_evaluable_to_enrolled():
    subjects = make_subjects("CR", "NR", "NE", None, infused=[True, True, True, False])
    populations = efficacy.split_populations(subjects)
    found = efficacy.summarise_denominators(populations, conf_level=0.95)
    shares = [found[f"efficacy/sensitivity/orr/{name}"] for name in ("evaluable", "infused", "enrolled")]
    assert [counts(share) for share in shares] == [(1, 2), (1, 3), (1, 4)]
    assert "efficacy/sensitivity/cr_cri/infused/wilson" in found


def test_the_flow_of_patients_adds_up():
    subjects = make_subjects(
        "CR",
        "NR",
        "NE",
        None,
        None,
        infused=[True, True, True, True, False],
        death_day=whole(None, 40, 12, 300, 3),
        second_infusion_day=whole(21, None, None, None, None),
    )
    flow = efficacy.count_flow(subjects, n_analysed=4, response_assessment_day=28)
    step = {name.removeprefix("efficacy/flow/"): result.n_event for name, result in flow.items()}
    assert step == {
        "enrolled": 5,
        "never_infused": 1,
        "infused": 4,
        "second_infusion": 1,
        "died_before_assessment": 1,
        "not_assessed": 1,
        "evaluable": 2,
        "analysed": 4,
    }
    assert step["infused"] + step["never_infused"] == step["enrolled"]
    assert step["evaluable"] + step["died_before_assessment"] + step["not_assessed"] == step["infused"]


def test_the_flow_leaves_out_what_the_study_did_not_record():
    flow = efficacy.count_flow(make_subjects(None, None), n_analysed=2, response_assessment_day=28)
    assert [name.split("/")[-1] for name in flow] == ["enrolled", "never_infused", "infused", "analysed"]
