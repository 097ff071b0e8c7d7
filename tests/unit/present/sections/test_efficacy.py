"""What the efficacy section says of response: words and numbers against records counted by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.sections import duration as timing
from cartcohort.estimate.sections import efficacy as composer
from cartcohort.present.display import Notice, Table
from cartcohort.present.sections import efficacy as report

KINDS = ["CR", "CRi", "PR", "NR", "NE"]


def make_subjects(*responses, mrd=None, response_day=None):
    n = len(responses)
    return pd.DataFrame(
        {
            "best_response": pd.Categorical(responses, categories=KINDS),
            "mrd_negative": pd.Categorical(mrd or [None] * n, categories=["no", "yes"], ordered=True),
            "response_day": pd.array(response_day or [None] * n, dtype="Int64"),
            "second_infusion_day": pd.array([None] * n, dtype="Int64"),
            "infused": True,
        }
    )


def summarise(*responses, **columns):
    return composer.summarise_response(make_subjects(*responses, **columns), conf_level=0.95)


@pytest.fixture
def published():
    return summarise(*["CR"] * 16, *["CRi"] * 11, *["NR"] * 7, "NE", mrd=["yes"] * 24 + ["no"] * 6 + [None] * 5)


def test_the_table_sets_exact_and_wilson_limits_side_by_side(published):
    text = report.table_response(published).text
    assert "27/35     77.1% (59.9%–89.6%)  77.1% (61.0%–87.9%)" in text
    assert "MRD-negative, of those in CR or CRi" in text


def test_mrd_of_the_assessed_is_shown_only_where_it_tells_something_else(published):
    partly = summarise("CR", "CR", "CRi", mrd=["yes", "no", None])
    assert "with known MRD" not in report.table_response(published).text
    table = report.table_response(partly)
    assert "with known MRD" in table.text
    assert "MRD unknown in 1 of those in CR or CRi, counted as not negative." in table.html


def test_the_sentence_gives_counts_limits_and_who_counts_as_what(published):
    said = report.describe_response(published).text
    assert said.startswith("27 of 35 patients (77.1%; 95% CI, 59.9% to 89.6%) responded.")
    assert "negative in 24 of 35 patients (68.6%; " in said
    assert "Minimal residual disease (MRD) was negative in 24 of 35" in said
    assert "and in 24 of the 27 in complete remission (CR or CRi) (88.9%; " in said
    never = report.describe_response(summarise("CR", "NR", mrd=["no", "no"])).text
    assert "was negative in none of 2 patients (0.0%; " in never and "and in none of the 1 in" in never
    assert said.endswith("One patient without an evaluable response counts as a non-responder.")


def test_several_without_evaluable_response_count_in_the_plural():
    assert "2 patients without an evaluable response count as non-responders." in (
        report.describe_response(summarise("CR", "NE", None)).text
    )


def test_the_sentence_is_right_for_none_all_and_one():
    assert report.describe_response(summarise("NR", "NR")).text.startswith("No patient responded (0 of 2, 0.0%")
    assert report.describe_response(summarise("CR", "PR")).text.startswith("All 2 patients responded")
    assert report.describe_response(summarise("CR")).text.startswith("The only patient responded.")


def test_a_response_that_was_there_at_entry_is_called_so():
    at_entry = summarise("CR", "CR", response_day=[0, 0])
    assert report.describe_response(at_entry).text == (
        "All 2 patients were in complete remission on day 0, a condition of entry; no response rate is given."
    )
    mixed = summarise("CR", "PR", "NR", response_day=[0, 0, None])
    assert report.describe_response(mixed).text.startswith("2 of 3 patients were in response on day 0, a condition")
    assert report.describe_response(summarise("CR", response_day=[0])).text.startswith("The only patient was in")


def test_no_rate_of_a_response_at_entry_is_drawn_or_tabulated():
    at_entry = summarise("CR", "CR", response_day=[0, 0])
    notice = Notice(
        "No rate of response is shown: all responses date from day 0, a condition of entry and not an effect."
    )
    assert report.plot_response(at_entry) == report.table_response(at_entry) == notice
    subjects = make_subjects("CR", "CR", response_day=[0, 0])
    found = composer.summarise_denominators(composer.split_populations(subjects), conf_level=0.95)
    assert report.table_denominators(found) == notice
    assert "has no other denominator" in report.describe_denominators(found).text


def test_unrecorded_response_is_said_and_not_counted():
    nothing = summarise(None, None)
    assert report.describe_response(nothing).text == "Best response was not recorded."
    assert "0/2" not in report.table_response(nothing).text


def test_unrecorded_mrd_is_left_out_of_the_figure_and_explained_in_the_table():
    without = summarise("CR", "NR")
    assert "MRD" not in report.plot_response(without).description
    table = report.table_response(without)
    assert "NE" in table.text
    assert "MRD was not recorded" in table.html


def test_the_figure_shows_every_rate_with_its_limits(published):
    figure = report.plot_response(published)
    assert figure.id == "efficacy-response"
    assert "77.1% (95% CI, 59.9% to 89.6%)" in figure.description
    assert "Of those in CR or CRi" in figure.svg


def denominators(*responses, infused=None):
    subjects = make_subjects(*responses).assign(infused=infused or [True] * len(responses))
    return composer.summarise_denominators(composer.split_populations(subjects), conf_level=0.95)


def test_denominators_are_tabulated_by_population():
    found = denominators("CR", "NR", "NE", None, infused=[True, True, True, False])
    table = report.table_denominators(found)
    assert isinstance(table, Table)
    assert [line.split()[3] for line in table.text.splitlines() if "Of the" in line] == ["1/4", "1/3", "1/2"] * 2
    assert report.describe_denominators(found).text == (
        "Depending on the denominator, the rate of response is between 25.0% of the enrolled (1/4) and 50.0% of the "
        "evaluable (1/2)."
    )


def test_one_rate_over_all_denominators_is_said_once():
    assert report.describe_denominators(denominators("CR", "NR")).text == (
        "The rate of response is 50.0% over each denominator."
    )
    assert report.describe_denominators(denominators(None, None)).text == "Best response was not recorded."


def all_results(response, dor=()):
    endpoint = make_duration(*dor)
    lasting = timing.summarise_duration(
        endpoint,
        timepoints_months=[12],
        conf_level=0.95,
        conf_type="log-log",
        median_rule="midpoint",
        past_follow_up="not_estimable",
    )
    return response | lasting


def make_duration(*ends):
    kinds = pd.Categorical([kind for _, kind in ends], categories=["censored", "relapse"])
    return SimpleNamespace(
        time_days=np.array([days for days, _ in ends], dtype=int),
        event=np.asarray(kinds == "relapse", dtype=bool),
        event_type=kinds,
    )


def test_the_summary_holds_key_results_with_their_intervals(published):
    ends = [(200, "relapse"), (300, "relapse"), (500, "censored"), (600, "censored"), (800, "censored")]
    results = all_results(published, ends)
    summary = report.summarise_section(results, labels={})
    assert [key.value for key in summary.key_results] == ["77.1%", "77.1%", "88.9%", "NR", "60.0%"]
    assert summary.key_results[0].interval == "95% CI, 59.9% to 89.6%"
    assert summary.key_results[0].note == "27/35"
    assert summary.key_results[-1].note == "Kaplan-Meier"
    assert summary.thumbnail == "efficacy-response"
    assert "Median duration of response was not reached" in summary.paragraph


def test_the_summary_of_a_study_without_responses_names_the_patients():
    summary = report.summarise_section(all_results(summarise(None, None)), labels={})
    assert [key.label for key in summary.key_results] == ["Patients"]
    assert summary.paragraph == "Of 2 patients, no best response is known."


def test_the_summary_where_nobody_responded_has_no_duration():
    summary = report.summarise_section(all_results(summarise("NR", "NR")), labels={})
    assert [key.label for key in summary.key_results] == ["Overall response", "CR or CRi"]
    assert "duration" not in summary.paragraph


def test_a_response_that_was_a_condition_of_entry_is_counted_and_has_no_interval():
    summary = report.summarise_section(all_results(summarise("CR", "CR", response_day=[0, 0])), labels={})
    key = summary.key_results[0]
    assert (key.value, key.interval) == ("2/2", "")
    assert key.note.startswith("all responses date from day 0")
    assert summary.thumbnail == ""
    lasting = all_results(summarise("CR", response_day=[0]), [(200, "relapse")])
    assert report.summarise_section(lasting, labels={}).thumbnail == "efficacy-dor"
    assert summary.paragraph.startswith(
        "All 2 patients were in complete remission on day 0, a condition of entry; no response rate is given."
    )
