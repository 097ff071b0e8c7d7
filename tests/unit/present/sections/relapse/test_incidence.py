"""Sentences and tables of relapse and death in remission, and the section's summary."""

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.curves import curve
from tests.unit.present.sections.relapse.records import ANTIGENS, BY_FACTOR, COURSE, INCIDENCE, NOTHING, share


def test_both_events_are_drawn_with_their_incidence_at_the_last_time():
    curves = {"relapse": curve("relapse", 0.1, 0.3), "death without relapse": curve("death", 0.1, 0.2)}
    figure = report.plot_incidence(curves, INCIDENCE, min_at_risk=1)
    assert (
        "At 24 months: Relapse 37.0% (95% CI, 10.0% to 50.0%); Death without relapse 15.0% (95% CI, 10.0% to 50.0%)."
        in figure.description
    )
    assert "Death without relapse" in figure.svg


def test_nobody_at_risk_gives_a_notice():
    assert isinstance(report.plot_incidence({}, ResultSet(), min_at_risk=5), Notice)
    assert isinstance(report.table_incidence(ResultSet(), exclusion_note="", reading="as is"), Notice)


def test_the_table_says_who_is_not_at_risk_and_what_a_transplant_is():
    table = report.table_incidence(
        INCIDENCE, exclusion_note="8 patients without CR or CRi", reading="Transplant ignored"
    )
    assert "Not included: 8 patients without CR or CRi." in table.html
    assert "Transplant ignored." in table.html
    assert "CIR, cumulative incidence of relapse. NRM, non-relapse mortality." in table.html
    assert table.csv.splitlines()[1].startswith("Relapse (CIR),10,27,0.3,")


def test_the_share_that_relapsed_comes_before_the_incidences():
    text = report.describe_incidence(INCIDENCE).text
    assert text.startswith("10 of 35 patients (28.6%; 95% CI, 10.0% to 50.0%) relapsed.")
    assert "10 relapses and 4 deaths without relapse were seen; at 24 months" in text


def test_no_recorded_relapse_is_not_said_to_be_none():
    text = report.describe_incidence(NOTHING).text
    assert text == "Relapse is not documented, so neither incidence can be told."


def test_one_relapse_is_said_in_the_singular():
    one = INCIDENCE.select("relapse/total") | {
        "relapse/cir/12m": share(1, 2), "relapse/nrm/12m": share(0, 2)
    }  # fmt: skip
    assert (
        "Among 2 patients followed from first response, 1 relapse and no deaths"
        in report.describe_incidence(one).text
    )


def nobody_followed(n_event):
    none = Result(n=0, n_event=0, unit="proportion", note="no patients")
    return ResultSet({"relapse/total": share(n_event, 7), "relapse/cir/24m": none, "relapse/nrm/24m": none})


def test_where_nobody_was_in_remission_that_alone_is_said():
    nobody = "No patient was in CR or CRi from a known day, so the incidence of relapse is not estimated."
    assert report.describe_incidence(nobody_followed(0)).text == nobody
    assert report.describe_incidence(nobody_followed(1)).text.endswith(f") relapsed. {nobody}")


def test_one_reason_for_two_incidences_is_told_once():
    late = Result(n=1, n_event=0, unit="proportion", conf_level=0.95, note="not estimable: beyond the last follow-up")
    results = ResultSet({"relapse/total": share(0, 7), "relapse/cir/24m": late, "relapse/nrm/24m": late})
    assert report.describe_incidence(results).text.endswith(
        "In the only patient followed from first response, no relapses and no deaths without relapse were seen; at "
        "24 months both cumulative incidences are not estimable (beyond the last follow-up)."
    )


def test_the_summary_has_five_key_results_and_a_paragraph():
    results = INCIDENCE | BY_FACTOR | ANTIGENS | COURSE
    summary = report.summarise_section(results, escape_benchmark=0.3)
    assert [key.value for key in summary.key_results] == ["28.6%", "37.0%", "15.0%", "0.0%", "3.1 months"]
    assert summary.key_results[3].note == "0/10; planning value 30.0%"
    assert summary.key_results[1].note == "cumulative incidence, 27 patients"
    assert "Median survival after relapse was 3.1 months" in summary.paragraph
    assert summary.thumbnail == "relapse-incidence"


def test_the_summary_holds_the_share_of_escapes_against_a_planning_value_without_a_p_value():
    for high, words in ((0.308, "includes the benchmark of 30.0%"), (0.12, "lies below the benchmark of 30.0%")):
        escape = share(0, 10, conf_low=0.0, conf_high=high, p_value=0.039)
        results = ResultSet({**INCIDENCE, **ANTIGENS, **COURSE, "relapse/antigen/escape": escape})
        paragraph = report.summarise_section(results, escape_benchmark=0.3).paragraph
        assert f"the interval {words}, which is a planning value." in paragraph
        assert "0.039" not in paragraph


def test_the_summary_of_a_study_without_relapses_claims_nothing():
    summary = report.summarise_section(NOTHING, escape_benchmark=0.3)
    assert [key.value for key in summary.key_results] == ["NE"]
    assert summary.paragraph == report.describe_incidence(NOTHING).text
    assert summary.thumbnail == ""
