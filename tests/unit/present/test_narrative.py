"""Sentences: right for none, one and many, effect before p-value, and never surer than the numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.results import Result
from cartcohort.present import narrative
from cartcohort.present.display import KeyResult


def share(n_event, n, low=0.599, high=0.896):
    estimate = n_event / n if n else None
    return Result(
        estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, n=n, n_event=n_event, unit="proportion"
    )


def hazard(estimate, low, high, p=0.0344):
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=0.95,
        p_value=p,
        unit="hazard ratio",
        n=35,
        n_event=22,
    )


@pytest.mark.parametrize(
    ("n_event", "n", "text"),
    [
        (27, 35, "27 of 35 patients (77.1%; 95% CI, 59.9% to 89.6%) had a response."),
        (1, 35, "One of 35 patients (2.9%; 95% CI, 59.9% to 89.6%) had a response."),
        (0, 35, "No patient had a response (0 of 35, 0.0%; 95% CI, 59.9% to 89.6%)."),
        (35, 35, "All 35 patients had a response (100.0%; 95% CI, 59.9% to 89.6%)."),
        (1, 1, "The only patient had a response."),
        (0, 1, "No patient had a response (0 of 1, 0.0%; 95% CI, 59.9% to 89.6%)."),
        (0, 0, "There was no patient of whom to say how many had a response."),
    ],
)
def test_a_proportion_is_grammatical_for_none_one_and_many(n_event, n, text):
    assert narrative.describe_proportion(share(n_event, n), had="had a response").text == text


def test_a_proportion_without_limits_does_without_them():
    result = Result(estimate=0.5, n=4, n_event=2, unit="proportion")
    assert narrative.describe_proportion(result, had="relapsed").text == "2 of 4 patients (50.0%) relapsed."


@given(st.integers(0, 300), st.integers(0, 300))
def test_any_proportion_is_one_sentence_with_one_full_stop_at_its_end(a, b):
    text = narrative.describe_proportion(share(min(a, b), max(a, b)), had="relapsed").text
    assert text.endswith(".")
    assert ".." not in text
    assert text[0].isupper() or text[0].isdigit()


def median(**changes):
    fields = {"estimate": 12.16, "conf_low": 7.5, "conf_level": 0.95, "unit": "months", "n": 35, "n_event": 22}
    return Result(**fields | changes)


def test_an_estimate_in_a_sentence_carries_unit_and_limits():
    assert narrative.say_estimate(median()) == "12.2 months (95% CI, 7.5 to NR)"
    assert narrative.say_estimate(share(27, 35)) == "77.1% (95% CI, 59.9% to 89.6%)"
    assert narrative.say_ratio(hazard(0.23, 0.05, 1.01), name="HR") == "HR 0.23 (95% CI, 0.05 to 1.01)"


def test_what_has_no_estimate_says_why():
    assert narrative.say_estimate(median(estimate=None, note="not reached")) == "not reached (95% CI, 7.5 to NR)"
    assert narrative.say_estimate(Result(unit="months", note="no patients")) == "not estimable (no patients)"
    assert "separation" in narrative.say_ratio(Result(unit="hazard ratio", note="separation"))


def test_a_key_result_is_value_interval_and_counts():
    assert narrative.describe_key_result(share(27, 35), label="Overall response") == KeyResult(
        "Overall response", "77.1%", "95% CI, 59.9% to 89.6%", "27/35"
    )
    assert narrative.describe_key_result(median(), label="Median OS") == KeyResult(
        "Median OS", "12.2 months", "95% CI, 7.5 to NR", ""
    )
    assert narrative.describe_key_result(Result(note="not reached", unit="months"), label="M").value == "NR"
    assert narrative.describe_key_result(Result(estimate=4.284, unit="hazard ratio"), label="OS").value == "HR 4.28"
    assert narrative.describe_key_result(Result(unit="hazard ratio", note="no events"), label="OS").value == "NE"


def test_lists_have_an_oxford_comma():
    assert narrative.join_words([]) == ""
    assert narrative.join_words(["a"]) == "a"
    assert narrative.join_words(["a", "b"]) == "a and b"
    assert narrative.join_words(["a", "b", "c"], last="or") == "a, b, or c"


def test_nouns_follow_their_number():
    assert [narrative.count_noun(n, "patient") for n in (0, 1, 2)] == ["no patients", "1 patient", "2 patients"]
    assert narrative.count_noun(2, "remission in CR", "remissions in CR") == "2 remissions in CR"


def test_a_share_is_told_with_its_counts_and_none_in_a_word():
    assert narrative.say_share(9, 35) == "9 of 35 patients (25.7%)"
    assert narrative.say_share(0, 1, "responder") == "none of 1 responder (0.0%)"
    assert narrative.say_share(None, 0) == "none of no patients (NE)"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (Result(estimate=9.0, unit="months"), "between 5.0 months for 0 and 9.0 months for 4"),
        (Result(unit="months", note="not reached"), "between 5.0 months for 0 and not reached in 1 of 5 groups"),
        (Result(unit="months", note="not estimable: nobody"), "between 5.0 months for 0 and 8.0 months for 3"),
    ],
)
def test_of_many_levels_only_the_lowest_and_the_highest_are_told(last, said):
    few = {str(at): Result(estimate=5.0 + at, unit="months") for at in range(4)}
    assert narrative.say_levels({**few, "4": last}) == said
    assert narrative.say_levels(few) == ("5.0 months for 0, 6.0 months for 1, 7.0 months for 2, and 8.0 months for 3")


def test_of_many_levels_without_an_estimate_it_is_said_why():
    unreached = {str(at): Result(unit="months", note="not reached") for at in range(5)}
    assert narrative.say_levels(unreached) == "not reached in any of 5 groups"
    unknown = {str(at): Result(unit="months", note="not estimable: nobody") for at in range(5)}
    assert narrative.say_levels(unknown) == "not estimable in any of 5 groups"
