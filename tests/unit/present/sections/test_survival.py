"""What a reader is told of survival: time zero, readings of a later transplant, and limits where no event came."""

import numpy as np
import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.survival import estimate_survival_curve
from cartcohort.present.display import Notice
from cartcohort.present.sections import naming, survival, survival_by_factor, survival_summary, survivors
from tests.unit.present.figures.reading import numbers, panels, texts, texts_of


def months(estimate):
    return Result(estimate=estimate, conf_low=7.0, conf_level=0.95, n=35, n_event=20, unit="months")


def share(estimate, low, high, *, n=35, n_event=20):
    return Result(
        estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, n=n, n_event=n_event, unit="proportion"
    )


def endpoint(name="os"):
    return {
        f"survival/{name}/median": months(12.2),
        f"survival/{name}/rate/6m": share(0.743, 0.564, 0.857),
        f"survival/{name}/rate/18m": share(0.417, 0.251, 0.576),
        f"survival/{name}/followup/median": months(39.3),
        f"survival/{name}/observed/minimum": months(0.3),
        f"survival/{name}/observed/maximum": months(59.5),
    }


def no_later_event():
    known = "survival/os/conditional/24m/12m"
    return {known: share(1.0, None, None, n=9, n_event=0), f"{known}/exact": share(1.0, 0.631, 1.0, n=8, n_event=0)}


@pytest.mark.parametrize(
    ("name", "origin", "start"),
    [
        ("os", "first infusion", "Median overall survival from first infusion was 12.2 months"),
        ("os", "transplant", "Median overall survival from transplant was 12.2 months"),
        ("os", "enrolment", "Median overall survival from enrolment was 12.2 months"),
        ("rfs", "enrolment", "Median relapse-free survival from first response was 12.2 months"),
    ],
)
def test_a_median_names_its_time_zero(name, origin, start):
    assert survival.describe_endpoints(ResultSet(endpoint(name)), origin=origin).text.startswith(start)


def test_the_last_of_the_wanted_times_is_told_whatever_it_is():
    assert "the estimate at 18 months was 41.7%" in survival.describe_endpoints(ResultSet(endpoint())).text


def test_survivors_without_a_later_event_have_exact_limits_and_not_certainty():
    text = survivors.describe_survivors(ResultSet(no_later_event()), given_months=24).text
    assert text.startswith(
        "None of the 9 patients followed beyond 24 months for overall survival had a later event; the chance of a "
        "further year without one was 100.0% (95% CI, 63.1% to 100.0%), exact limits from the 8 patients still "
        "followed then."
    )
    table = survivors.table_survivors(ResultSet(no_later_event()), given_months=24)
    assert "0/9" in table.text and "100.0% (63.1%–100.0%)" in table.text


def test_key_results_say_how_follow_up_was_estimated_and_bound_a_certainty():
    results = ResultSet(endpoint() | no_later_event())
    summary = survival_summary.summarise_section(results, conditional_months=24, p_style="journal")
    notes = {key.label: (key.interval, key.note) for key in summary.key_results}
    assert notes["Median follow-up"][1] == "reverse Kaplan-Meier"
    assert notes["OS at 18 months"][1] == "20 events in all of follow-up, 35 patients"
    assert notes["OS at 36 months, given alive at 24"] == (
        "95% CI, 63.1% to 100.0%",
        "no events in all later follow-up, 9 patients",
    )


def test_the_paragraph_is_one_that_a_statistician_would_sign():
    pfs = endpoint("pfs") | {"survival/pfs/median": Result(
        estimate=7.5, conf_low=3.7, conf_level=0.95, n=35, n_event=22, unit="months"
    )}  # fmt: skip
    results = ResultSet(endpoint() | pfs | no_later_event())
    assert survival_summary.summarise_section(results, conditional_months=24, p_style="journal").paragraph == (
        "Median follow-up was 39.3 months (95% CI, 7.0 to NR). "
        "Median overall survival from first infusion was 12.2 months (95% CI, 7.0 to NR; 20 deaths in 35 patients), "
        "and overall survival at 18 months 41.7% (95% CI, 25.1% to 57.6%). "
        "Median progression-free survival was 7.5 months (95% CI, 3.7 to NR; 22 events in 35 patients), "
        "and progression-free survival at 18 months 41.7% (95% CI, 25.1% to 57.6%). "
        "None of the 9 patients followed beyond 24 months died later."
    )


def test_follow_up_that_is_complete_is_told_so_and_what_is_not_estimable_once():
    nothing = Result(conf_level=0.95, n=0, n_event=0, unit="months", note="not estimable: no patients")
    complete = "not estimable: every patient had the event, so all follow-up is complete"
    results = endpoint() | {
        "survival/os/median": nothing,
        "survival/os/rate/18m": Result(unit="proportion", n=0, n_event=0, note="no patients"),
        "survival/os/followup/median": Result(conf_level=0.95, n=35, n_event=35, unit="months", note=complete),
    }
    summary = survival_summary.summarise_section(ResultSet(results), conditional_months=24, p_style="journal")
    assert summary.paragraph == (
        "Median follow-up was not estimable (every patient had the event, so all follow-up is complete). Median "
        "overall survival from first infusion was not estimable (no patients)."
    )
    assert summary.key_results[-1].note == "every patient had the event, so all follow-up is complete"


@pytest.mark.parametrize(
    ("n_event", "n", "said"),
    [
        (0, 1, "The only patient followed beyond 24 months did not die."),
        (1, 1, "The only patient followed beyond 24 months died later."),
        (4, 62, "4 of the 62 patients followed beyond 24 months died later."),
    ],
)
def test_survivors_are_counted_for_one_and_many(n_event, n, said):
    later = {"survival/os/conditional/24m/12m": share(0.9, 0.7, 1.0, n=n, n_event=n_event)}
    results = ResultSet(endpoint() | later)
    summary = survival_summary.summarise_section(results, conditional_months=24, p_style="journal")
    assert summary.paragraph.endswith(said)


def compared(levels, p=0.0005):
    known = {"conf_level": 0.95, "unit": "hazard ratio", "n": 137, "n_event": 81}
    ratios = {
        f"survival/os/cox/group/{level}": Result(
            estimate=0.5 + at, conf_low=0.2, conf_high=3.0, label=f"OS: Group: {level} vs a", **known
        )
        for at, level in enumerate(levels[1:])
    }
    medians = {f"survival/os/median/group/{level}": months(12.2) for level in levels}
    return ResultSet(medians | ratios | {"survival/os/logrank/group": Result(p_value=p, df=len(ratios))})


@pytest.mark.parametrize(
    ("levels", "effects"),
    [
        ("ab", "(b vs a, HR 0.50; 95% CI, 0.20 to 3.00; log-rank p = 0.00050)."),
        (
            "abc",
            "(b vs a, HR 0.50; 95% CI, 0.20 to 3.00; c vs a, HR 1.50; 95% CI, 0.20 to 3.00; log-rank p = 0.00050).",
        ),
        ("abcd", "for d (log-rank p = 0.00050)."),
    ],
)
def test_every_ratio_of_up_to_three_levels_stands_before_their_test(levels, effects):
    said = survival_by_factor.describe_by_factor(
        compared(levels), factors=["group"], labels={}, p_style="journal"
    ).text
    assert said.endswith(effects)


@pytest.mark.parametrize(
    ("day_zero", "origin", "words"),
    [
        ("infusion", "infusion", "first infusion"),
        ("transplant", "infusion", "transplant"),
        ("transplant", "enrollment", "enrolment"),
    ],
)
def test_time_zero_is_what_the_study_and_the_parameter_make_it(day_zero, origin, words):
    assert naming.name_origin(day_zero, origin) == words
    assert naming.months_from("os", words) == f"Months since {words}"


def test_an_endpoint_of_nobody_does_not_enter_the_abstract():
    nobody = {"survival/rfs/median": Result(conf_level=0.95, n=0, n_event=0, note="not estimable: no patients")}
    results = ResultSet(endpoint() | nobody | endpoint("dor"))
    summary = survival_summary.summarise_section(results, conditional_months=24, p_style="journal")
    assert [key.label for key in summary.key_results][:2] == ["Median OS", "Median DOR"]
    assert "relapse-free" not in summary.paragraph


def test_without_a_factor_there_is_none_to_compare_by():
    figure = survival_by_factor.plot_by_factor(
        {}, ResultSet(), factor="", labels={}, origin="transplant", min_at_risk=5, median_rule="midpoint",
        p_style="journal",
    )  # fmt: skip
    assert figure == Notice("Survival by factor: no factor to compare by.")


def test_nothing_remains_of_the_observed_range_where_all_times_are_alike():
    alike = ResultSet({**endpoint(), "survival/os/observed/maximum": months(0.3)})
    assert "observed times of events and censorings 0.3 months, with" in survival.describe_endpoints(alike).text


def test_what_is_no_endpoint_is_not_taken_for_the_second_one():
    results = ResultSet(endpoint("efs") | {"survival/transplant/any": share(9 / 35, None, None, n_event=9)})
    summary = survival_summary.summarise_section(results, conditional_months=24, p_style="journal")
    assert [key.label for key in summary.key_results] == ["Median EFS", "EFS at 18 months", "Median follow-up"]


@pytest.mark.parametrize("reading", ["censor", "event", "competing"])
def test_what_is_done_with_a_later_transplant_leads_the_paragraph(reading):
    (said,) = naming.say_readings(hsct_handling=reading, new_therapy_handling="ignore")
    summary = survival_summary.summarise_section(
        ResultSet(endpoint()), conditional_months=24, p_style="journal", hsct_handling=reading
    )
    assert summary.paragraph.startswith(said)


def test_nothing_is_said_of_what_is_ignored():
    assert not naming.say_readings(hsct_handling="ignore", new_therapy_handling="ignore")


def counted(estimate, n):
    return Result(estimate=estimate, n=n, unit="patients")


def landmark(stem="survival/os/survivors/24m", counts=(20, 6, 9, 0), n=35):
    keys = ("event_before", "ended_before", "followed")
    found = {f"{stem}/{key}": counted(count, n) for key, count in zip(keys, counts, strict=False)}
    return found | {f"{stem}/event_after": counted(counts[3], counts[2])}


def test_a_landmark_accounts_for_every_patient():
    results = landmark() | landmark("survival/os/survivors/24m/pfs", (2, 0, 7, 0), n=9)
    results |= landmark("survival/pfs/survivors/24m", (22, 6, 7, 0))
    table = survivors.table_states(ResultSet(results), given_months=24)
    rows = {line.split("  ")[0]: line.split()[-5:] for line in table.text.splitlines()}
    assert rows["Overall survival (OS)"] == ["35", "20", "6", "9", "0"]
    assert rows["PFS of those followed beyond 24 months for OS"] == ["9", "2", "0", "7", "0"]


def test_survivors_are_shown_by_level_with_exact_limits_where_no_event_came():
    stem = "survival/os"
    results = {
        f"{stem}/survivors/24m/followed/risk/low": counted(2, 8),
        f"{stem}/survivors/24m/event_after/risk/low": counted(0, 2),
        f"{stem}/conditional/24m/12m/risk/low": share(1.0, None, None, n=2, n_event=0),
        f"{stem}/conditional/24m/12m/exact/risk/low": share(1.0, 0.158, 1.0, n=2, n_event=0),
        f"{stem}/survivors/24m/logrank/risk": Result(note="not estimable: no events"),
    }
    table = survivors.table_survivors_by_level(
        ResultSet(results), given_months=24, labels={"risk": "Genetic risk"}, p_style="journal"
    )
    assert "Genetic risk" in table.text and "100.0% (15.8%–100.0%)" in table.text and "NE" in table.text


def test_the_further_year_is_drawn_from_every_time_already_survived():
    results = {f"survival/os/conditional/{months}m/12m": share(0.6, 0.4, 0.8) for months in (24, 0, 6, 12)}
    figure = survivors.plot_further_year(ResultSet(results))
    assert figure.description.startswith("Overall survival: after 0 months 60.0%")
    assert "after 6 months" in figure.description and "after 24 months" in figure.description


def test_the_chance_of_a_further_year_is_set_beside_that_from_time_zero():
    results = {
        "survival/os/conditional/24m/12m": share(0.9, 0.7, 0.96, n=40, n_event=3),
        "survival/os/conditional/0m/12m": share(0.6, 0.4, 0.8),
    }
    text = survivors.describe_survivors(ResultSet(results), given_months=24).text
    assert "was 90.0% (95% CI, 70.0% to 96.0%); from time zero it was 60.0% (95% CI, 40.0% to 80.0%)." in text


def curve(events):
    time = np.array([2.0, 5.0, 9.0, 12.0])
    return {"All patients": estimate_survival_curve(time, np.array(events, dtype=bool))}


def test_endpoints_with_the_same_curve_are_drawn_once_and_named_there():
    curves = {"os": curve([0, 1, 0, 0]), "pfs": curve([1, 1, 0, 0]), "efs": curve([1, 1, 0, 0])}
    results = ResultSet({name: value for one in curves for name, value in endpoint(one).items()})
    figure = survival.plot_endpoints(curves, results, origin="first infusion", min_at_risk=5, median_rule="midpoint")
    assert len(panels(figure)) == 2
    assert texts_of(figure, "annotation") == [
        "Median 12.2 months (95% CI, 7.0 to NR)",
        "Median 12.2 months (95% CI, 7.0 to NR)",
        "Same curve: event-free survival",
    ]
    assert "Months since first infusion" in texts(figure)
    assert {row["panel"] for row in numbers(figure)} == {"Overall survival", "Progression-free survival"}


def test_endpoints_of_the_very_same_numbers_share_a_row():
    other = {**endpoint("rfs"), "survival/rfs/median": months(9.9)}
    table = survival.table_endpoints(ResultSet(endpoint() | endpoint("pfs") | endpoint("efs") | other))
    assert [line["label"] for line in numbers(table)] == [
        "Overall survival (OS = PFS = EFS)",
        "Relapse-free survival (RFS)",
    ]
