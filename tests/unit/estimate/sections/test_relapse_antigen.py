"""Antigens at relapse, counted by hand."""

import pandas as pd
import pytest

from cartcohort.estimate.sections import relapse_antigen

STATES = ["positive", "dim", "negative", "unknown"]
# Ten in remission, of whom seven relapsed, and two who never responded.
RELAPSES = [
    ("positive", "positive"),
    ("dim", "positive"),
    ("positive", "negative"),
    ("negative", "unknown"),
    ("unknown", "positive"),
    (None, None),
    ("positive", "dim"),
]


def make_subjects(relapses, *, in_remission=10, others=2, site=None):
    n = in_remission + others
    left = [None] * (n - len(relapses))
    return pd.DataFrame(
        {
            "best_response": pd.Categorical(["CR"] * in_remission + ["NR"] * others, categories=["CR", "CRi", "NR"]),
            "relapse_day": pd.array([100] * len(relapses) + [pd.NA] * len(left), dtype="Int64"),
            "relapse_cd19": pd.Categorical([cd19 for cd19, _ in relapses] + left, categories=STATES, ordered=True),
            "relapse_cd22": pd.Categorical([cd22 for _, cd22 in relapses] + left, categories=STATES, ordered=True),
            "relapse_site": pd.Categorical((site or [None] * len(relapses)) + left, categories=["marrow", "both"]),
        }
    )


def antigens(subjects, benchmark=0.3):
    return relapse_antigen.summarise_antigens(subjects, conf_level=0.95, escape_benchmark=benchmark)


def counts(result):
    return result.n_event, result.n


def test_states_are_counted_over_three_denominators():
    found = antigens(make_subjects(RELAPSES))
    expected = {
        "double_positive": 3,
        "cd19_dim": 1,
        "cd22_dim": 1,
        "cd19_negative": 1,
        "cd22_negative": 1,
        "unknown": 2,
    }
    for state, n_event in expected.items():
        assert counts(found[f"antigen/{state}"]) == (n_event, 12)
        assert counts(found[f"antigen/{state}/of_responders"]) == (n_event, 10)
        assert counts(found[f"antigen/{state}/of_relapsed"]) == (n_event, 7)


def test_escape_is_the_share_of_lost_antigens_among_relapses_of_known_status():
    found = antigens(make_subjects(RELAPSES))["antigen/escape"]
    assert counts(found) == (2, 5)  # a proven escape counts even where the other antigen is unknown
    # All counts but one are at most as likely as the two seen.
    assert found.p_value == pytest.approx(1 - 5 * 0.3 * 0.7**4)


def test_unknown_antigens_bound_the_share_of_escapes():
    found = antigens(make_subjects(RELAPSES))
    assert counts(found["antigen/escape/unknown_as_escape"]) == (4, 7)
    assert "antigen/escape/unknown_as_escape" not in antigens(make_subjects(RELAPSES[:3]))


def test_ten_relapses_without_escape_have_the_p_value_and_limits_of_a_binomial():
    found = antigens(make_subjects([("positive", "positive")] * 10))["antigen/escape"]
    assert counts(found) == (0, 10)
    assert found.conf_high == pytest.approx(1 - 0.025 ** (1 / 10))
    # None, or as many as are less likely than none: 7 to 10 of 10.
    less_likely = sum(c * 0.3**k * 0.7 ** (10 - k) for k, c in ((7, 120), (8, 45), (9, 10), (10, 1)))
    assert found.p_value == pytest.approx(0.7**10 + less_likely)


def test_a_study_that_records_cd19_alone_is_judged_by_it():
    found = antigens(make_subjects([("positive", None), ("negative", None), ("dim", "unknown")]))
    assert counts(found["antigen/escape"]) == (1, 3)
    assert found["antigen/escape"].note == "only CD19 was recorded"
    assert found["antigen/cd22_negative"].estimate is None
    assert found["antigen/double_positive"].note == "not estimable: CD22 at relapse was not recorded"


def test_the_flow_of_a_study_that_records_cd19_alone_names_it_alone():
    flow = relapse_antigen.count_flow(make_subjects([("positive", None), ("negative", None)]))
    assert flow.values.tolist() == [["CD19 positive", "CD19 positive", 1], ["CD19 positive", "CD19 negative", 1]]


def test_without_recorded_antigens_nothing_is_claimed():
    found = antigens(make_subjects([(None, None), ("unknown", None)]))
    assert found["antigen/escape"].estimate is None
    assert found["antigen/cd19_negative"].note == "not estimable: CD19 at relapse was not recorded"
    assert relapse_antigen.count_flow(make_subjects([(None, None)])).empty


def test_without_a_relapse_there_is_nothing_to_say_of_antigens():
    subjects = make_subjects([])
    found = antigens(subjects)
    assert all(result.estimate is None and "no relapse is recorded" in result.note for result in found.values())
    assert relapse_antigen.count_flow(subjects).empty


def test_nobody_relapsed_is_a_finding_only_where_relapse_was_documented():
    subjects = make_subjects([])
    documented = relapse_antigen.summarise_relapse(subjects, lacking=(), conf_level=0.95)["total"]
    assert (documented.estimate, documented.n_event) == (0, 0)
    undocumented = relapse_antigen.summarise_relapse(subjects, lacking=("relapse_day",), conf_level=0.95)["total"]
    assert undocumented.estimate is None
    assert "not documented" in undocumented.note


def test_relapses_are_counted_of_all_and_of_those_in_remission():
    found = relapse_antigen.summarise_relapse(make_subjects(RELAPSES), lacking=(), conf_level=0.95)
    assert counts(found["total"]) == (7, 12)
    assert counts(found["total/of_responders"]) == (7, 10)
    assert list(found) == ["total", "total/of_responders"]  # no site was recorded


def test_sites_are_shares_of_the_relapses_with_a_known_site():
    subjects = make_subjects(RELAPSES[:3], site=["marrow", "marrow", None])
    found = relapse_antigen.summarise_relapse(subjects, lacking=(), conf_level=0.95)
    assert counts(found["site/marrow"]) == (2, 2)
    assert counts(found["site/both"]) == (0, 2)


def test_the_flow_lists_what_was_kept_before_what_was_lost():
    flow = relapse_antigen.count_flow(make_subjects([*RELAPSES, ("positive", "positive")]))
    assert flow[["after", "n"]].values.tolist() == [
        ["CD19 positive, CD22 positive", 2],
        ["CD19 positive, CD22 dim", 1],
        ["CD19 dim, CD22 positive", 1],
        ["CD19 positive, CD22 negative", 1],
        ["CD19 negative, CD22 unknown", 1],
        ["CD19 unknown, CD22 positive", 1],
        ["CD19 unknown, CD22 unknown", 1],
    ]
    assert set(flow["before"]) == {"CD19 and CD22 positive"}
