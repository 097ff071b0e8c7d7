"""P-values read together: published example, definitions, and invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.errors import EstimationError
from cartcohort.estimate import multiplicity
from cartcohort.estimate.results import Result, ResultSet

METHODS = ("holm", "bh", "hochberg", "bonferroni")
p_values = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12)

# Benjamini and Hochberg 1995, section 4: 15 hypotheses of a thrombolysis trial.
TRIAL = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1,
]


def test_four_p_values_are_adjusted_by_hand():
    raw = [0.04, 0.01, 0.03, 0.02]
    expected = {
        "bonferroni": [0.16, 0.04, 0.12, 0.08],
        "holm": [0.06, 0.04, 0.06, 0.06],
        "hochberg": [0.04, 0.04, 0.04, 0.04],
        "bh": [0.04, 0.04, 0.04, 0.04],
    }
    for method, adjusted in expected.items():
        assert multiplicity.adjust_p_values(raw, method=method) == pytest.approx(adjusted, abs=1e-15)


def test_as_many_hypotheses_are_rejected_as_in_the_paper():
    rejected = {
        method: sum(p <= 0.05 for p in multiplicity.adjust_p_values(TRIAL, method=method)) for method in METHODS
    }
    assert rejected["bonferroni"] == 3 and rejected["hochberg"] == 3 and rejected["bh"] == 4


@given(p_values)
def test_missing_tests_stay_missing_and_are_not_counted(raw):
    known = [p for p in raw if p is not None]
    for method in METHODS:
        adjusted = multiplicity.adjust_p_values(raw, method=method)
        assert [p is None for p in adjusted] == [p is None for p in raw]
        assert [p for p in adjusted if p is not None] == multiplicity.adjust_p_values(known, method=method)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_adjusted_values_are_never_smaller_keep_their_order_and_follow_the_rows(raw, random):
    order = list(range(len(raw)))
    random.shuffle(order)
    for method in METHODS:
        adjusted = np.array(multiplicity.adjust_p_values(raw, method=method))
        assert np.all((adjusted >= np.array(raw) - 1e-15) & (adjusted <= 1))
        assert np.all(np.diff(adjusted[np.argsort(raw)]) >= -1e-15)
        shuffled = multiplicity.adjust_p_values([raw[index] for index in order], method=method)
        assert shuffled == pytest.approx(adjusted[order], abs=1e-15)


def test_nothing_to_adjust_is_no_error():
    assert multiplicity.adjust_p_values([], method="holm") == []
    assert multiplicity.adjust_p_values([None], method="bh") == [None]
    assert multiplicity.adjust_results({}, family="factors") == ResultSet()


def test_results_of_a_family_get_both_adjusted_values_and_name_it():
    raw = {"age": 0.01, "sex": None, "risk": 0.04}
    results = ResultSet({name: Result(p_value=p, note="few events" if p else "no events") for name, p in raw.items()})
    adjusted = multiplicity.adjust_results(results, family="factors tested on survival")
    assert (adjusted["age"].p_holm, adjusted["age"].p_bh) == (0.02, 0.02)
    assert (adjusted["risk"].p_holm, adjusted["risk"].p_bh) == (0.04, 0.04)
    assert adjusted["risk"].note == "few events; p adjusted over 2 factors tested on survival"
    assert adjusted["sex"] == results["sex"]


@pytest.mark.parametrize(("raw", "method"), [([1.2], "holm"), ([-0.1], "bh"), ([0.5], "sidak")])
def test_what_is_no_p_value_or_method_is_refused(raw, method):
    with pytest.raises(EstimationError):
        multiplicity.adjust_p_values(raw, method=method)
