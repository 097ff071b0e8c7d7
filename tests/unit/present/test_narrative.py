"""Sentences: right for none, one and many, effect before p-value, and never surer than the numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartcohort.estimate.results import Result
from cartcohort.parameters import PARAMETERS
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


def test_a_median_names_events_and_patients():
    sentence = narrative.describe_median(median(), what="overall survival", event="death")
    assert sentence.text == "Median overall survival was 12.2 months (95% CI, 7.5 to NR; 22 deaths in 35 patients)."


def test_a_median_not_reached_says_so_and_keeps_its_lower_limit():
    result = median(estimate=None, note="not reached", n_event=1)
    sentence = narrative.describe_median(result, what="overall survival", event="death")
    assert sentence.text == "Median overall survival was not reached (95% CI, 7.5 to NR; 1 death in 35 patients)."


def test_a_median_without_patients_or_limits_is_still_a_sentence():
    nobody = narrative.describe_median(Result(n=0, unit="months"), what="survival")
    assert nobody.text == "There was no patient of whom to estimate median survival."
    bare = median(estimate=None, conf_low=None, note="not reached", n_event=0)
    assert narrative.describe_median(bare, what="survival").text == (
        "Median survival was not reached (no events in 35 patients)."
    )


def test_a_rate_is_given_or_the_reason_why_not():
    assert narrative.describe_rate(share(27, 35), what="overall survival", at="12 months").text == (
        "Overall survival at 12 months was 77.1% (95% CI, 59.9% to 89.6%)."
    )
    beyond = Result(unit="proportion", conf_level=0.95, n=35, note="not estimable: beyond the last follow-up")
    assert narrative.describe_rate(beyond, what="overall survival", at="60 months").text == (
        "Overall survival at 60 months was not estimable (beyond the last follow-up)."
    )


def compare(effect, test=None):
    words = {"exposed": "high genetic risk", "reference": "low genetic risk", "outcome": "death"}
    return narrative.describe_comparison(effect, test, **words).text


def test_an_interval_beyond_one_is_an_association_in_its_direction():
    assert compare(hazard(2.4, 1.1, 5.3)) == (
        "High genetic risk was associated with a higher hazard of death than low genetic risk "
        "(hazard ratio 2.40; 95% CI, 1.10 to 5.30; p = 0.034)."
    )
    assert "a lower hazard of death" in compare(hazard(0.4, 0.2, 0.8))


def test_an_interval_that_includes_one_is_no_clear_difference_whatever_the_p_value():
    assert compare(hazard(4.37, 0.99, 19.3), Result(p_value=0.0344)) == (
        "No clear difference in the hazard of death was seen between high genetic risk and low genetic risk "
        "(hazard ratio 4.37; 95% CI, 0.99 to 19.3; p = 0.034): the interval includes 1."
    )


def test_an_effect_that_cannot_be_estimated_gives_the_reason_and_the_test():
    effect = Result(unit="hazard ratio", note="separation")
    assert compare(effect, Result(p_value=0.00002)) == (
        "High genetic risk against low genetic risk: an effect on death was not estimable (separation); p < 0.0001."
    )
    assert "not estimated; p = 0.50" in compare(None, Result(p_value=0.5))


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 1))
def test_no_comparison_speaks_of_causes_and_the_p_value_comes_last(a, b, c, p):
    low, middle, high = sorted((a, b, c))
    text = compare(hazard(middle, low, high, p))
    assert not {"caused", "because", "effect of", "significant"} & set(text.split())
    assert text.index("CI") < text.index("; p ")


def test_follow_up_names_the_method_and_the_completeness():
    sentence = narrative.describe_follow_up(
        median(conf_high=40.0), completeness=Result(estimate=0.934, unit="proportion")
    )
    assert sentence.text == (
        "Median follow-up was 12.2 months (95% CI, 7.5 to 40.0) by the reverse Kaplan-Meier method; "
        "93.4% of the possible person-time was observed."
    )
    assert narrative.describe_follow_up(Result(n=0)).text == "There was no patient to follow."


def test_conventions_come_from_the_parameters_in_force():
    text = narrative.describe_conventions({"conf_level": 0.9, "ties": "breslow"}).text
    assert text == ("Confidence intervals have a level of 90%; ties in Cox models are handled by Breslow's method.")
    assert narrative.describe_conventions({}).text == "No convention needs a choice here."


@pytest.mark.parametrize("name", ["conf_type", "median_rule", "ties", "past_follow_up"])
def test_every_choice_of_a_convention_has_its_words(name):
    said = {narrative.describe_conventions({name: choice}).text for choice in PARAMETERS[name].choices}
    assert len(said) == len(PARAMETERS[name].choices)


def test_a_key_result_is_value_interval_and_counts():
    assert narrative.describe_key_result(share(27, 35), label="Overall response") == KeyResult(
        "Overall response", "77.1%", "95% CI, 59.9% to 89.6%", "27/35"
    )
    assert narrative.describe_key_result(median(), label="Median OS") == KeyResult(
        "Median OS", "12.2 months", "95% CI, 7.5 to NR", ""
    )
    assert narrative.describe_key_result(Result(note="not reached", unit="months"), label="M").value == "NR"


def test_lists_have_an_oxford_comma():
    assert narrative.join_words([]) == ""
    assert narrative.join_words(["a"]) == "a"
    assert narrative.join_words(["a", "b"]) == "a and b"
    assert narrative.join_words(["a", "b", "c"], last="or") == "a, b, or c"


def test_nouns_follow_their_number():
    assert [narrative.count_noun(n, "patient") for n in (0, 1, 2)] == ["no patients", "1 patient", "2 patients"]
    assert narrative.count_noun(2, "remission in CR", "remissions in CR") == "2 remissions in CR"


def test_an_estimate_in_a_sentence_carries_unit_and_limits():
    assert narrative.say_estimate(median()) == "12.2 months (95% CI, 7.5 to NR)"
    assert narrative.say_ratio(hazard(0.23, 0.05, 1.01)) == "hazard ratio 0.23 (95% CI, 0.05 to 1.01)"
    assert narrative.say_ratio(Result(unit="odds ratio", note="no events")) == "odds ratio not estimable (no events)"
    assert narrative.say_comparison(hazard(0.23, 0.05, 1.01), Result(p_value=0.0344), name="HR") == (
        "HR 0.23 (95% CI, 0.05 to 1.01); p = 0.034"
    )
