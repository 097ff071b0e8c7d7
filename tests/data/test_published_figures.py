"""Every figure of the abstract, recomputed from the committed tables by plain counting."""

import pytest
import yaml
from lifelines.statistics import logrank_test

from tests.data.tables import (
    DAYS_PER_MONTH,
    STUDY,
    high_burden,
    logrank_p,
    median_survival,
    overall_survival,
    progression_free_survival,
    read,
    responded,
    survival_at,
)

SUBJECTS = read("subjects.csv")
EVENTS = read("adverse_events.csv")
ENDPOINTS = {"os": overall_survival, "pfs": progression_free_survival}
GROUPINGS = {"response": responded, "genetic_risk": lambda row: row["genetic_risk"] == "low"}


def months(endpoint, rows, decimals=None):
    times = [(days / DAYS_PER_MONTH, event) for days, event in map(ENDPOINTS[endpoint], rows)]
    return times if decimals is None else [(round(time, decimals), event) for time, event in times]


def p_value(endpoint, grouping, decimals=None):
    inside = [row for row in SUBJECTS if GROUPINGS[grouping](row)]
    outside = [row for row in SUBJECTS if not GROUPINGS[grouping](row)]
    return logrank_p(months(endpoint, inside, decimals), months(endpoint, outside, decimals))


def n_with(term):
    return len({row["subject_id"] for row in EVENTS if row["term"] == term})


def test_twenty_seven_of_thirty_five_patients_respond():
    assert len(SUBJECTS) == 35
    assert sum(map(responded, SUBJECTS)) == 27
    assert {row["best_response"] for row in SUBJECTS} == {"CR", "CRi", "NR", "NE"}


def test_all_eight_without_response_have_high_burden_and_high_risk_genetics():
    failed = [row for row in SUBJECTS if not responded(row)]
    assert len(failed) == 8
    assert all(high_burden(row) and row["genetic_risk"] == "high" for row in failed)


def test_genetic_risk_is_high_in_twenty_seven_and_low_in_eight():
    risks = [row["genetic_risk"] for row in SUBJECTS]
    assert (risks.count("high"), risks.count("low")) == (27, 8)


@pytest.mark.parametrize(
    ("endpoint", "median", "longest"), [("os", "12.2", "59.5"), ("pfs", "7.5", "57.3")], ids=["OS", "PFS"]
)
def test_both_readings_of_the_median_and_the_range_print_as_published(endpoint, median, longest):
    times = months(endpoint, SUBJECTS)
    observed = sorted(time for time, _ in times)
    assert f"{median_survival(times):.1f}" == median
    assert f"{observed[17]:.1f}" == median
    assert f"{observed[0]:.1f}" == "0.3"
    assert f"{observed[-1]:.1f}" == longest


@pytest.mark.parametrize("decimals", [None, 1], ids=["days", "tenths of a month"])
@pytest.mark.parametrize(("endpoint", "published"), [("os", "0.0344"), ("pfs", "0.0244")], ids=["OS", "PFS"])
def test_genetic_risk_gives_the_published_p_value(endpoint, published, decimals):
    assert f"{p_value(endpoint, 'genetic_risk', decimals):.4f}" == published


@pytest.mark.parametrize("decimals", [None, 1], ids=["days", "tenths of a month"])
@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_response_gives_a_p_value_below_one_in_ten_thousand(endpoint, decimals):
    assert p_value(endpoint, "response", decimals) < 0.0001


@pytest.mark.parametrize("grouping", ["response", "genetic_risk"])
@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_lifelines_agrees_with_the_count_by_hand(endpoint, grouping):
    time, event = zip(*map(ENDPOINTS[endpoint], SUBJECTS), strict=True)
    members = [GROUPINGS[grouping](row) for row in SUBJECTS]
    inside = [i for i, member in enumerate(members) if member]
    outside = [i for i, member in enumerate(members) if not member]
    by_lifelines = logrank_test(
        [time[i] for i in inside], [time[i] for i in outside], [event[i] for i in inside], [event[i] for i in outside]
    )
    assert p_value(endpoint, grouping) == pytest.approx(by_lifelines.p_value, rel=1e-9)


def test_those_at_low_risk_and_the_responders_are_the_ones_who_live_longer():
    for endpoint in ENDPOINTS:
        for belongs in GROUPINGS.values():
            better = months(endpoint, [row for row in SUBJECTS if belongs(row)])
            worse = months(endpoint, [row for row in SUBJECTS if not belongs(row)])
            assert all(survival_at(better, at) > survival_at(worse, at) for at in (6, 12, 24))


def test_cytokine_release_and_neurotoxicity_befall_as_many_as_published():
    assert (n_with("CRS"), n_with("ICANS")) == (32, 6)


def test_ten_relapses_keep_both_antigens_and_two_of_them_have_dim_cd19():
    relapsed = [row for row in SUBJECTS if row["relapse_date"]]
    assert len(relapsed) == 10
    assert sorted(row["relapse_cd19"] for row in relapsed) == ["dim"] * 2 + ["positive"] * 8
    assert {row["relapse_cd22"] for row in relapsed} == {"positive"}


def test_at_least_nine_survive_two_years_and_none_of_them_dies_after():
    survivors = [row for row in SUBJECTS if overall_survival(row)[0] > 24 * DAYS_PER_MONTH]
    assert len(survivors) >= 9
    assert not any(row["death_date"] for row in survivors)


def test_the_study_lists_every_figure_of_the_abstract():
    entries = yaml.safe_load((STUDY / "published.yaml").read_text(encoding="utf-8"))
    listed = {(entry["result"], entry["field"]): entry["published"] for entry in entries}
    shares = {
        "efficacy/response/orr": ("77.1%", "27"),
        "efficacy/baseline/genetic_risk/high": ("77.1%", "27"),
        "safety/crs/any": ("91.4%", "32"),
        "safety/icans/any": ("17.1%", "6"),
        "relapse/total": ("28.6%", "10"),
    }
    expected = {("survival/os/conditional/24m/12m", "estimate"): ">0.9"}
    for result, (share, n_event) in shares.items():
        expected |= {(result, "estimate"): share, (result, "n_event"): n_event, (result, "n"): "35"}
    for factor in ("tumor_burden", "genetic_risk"):
        result = f"efficacy/baseline/nonresponse/{factor}/high"
        expected |= {(result, "n_event"): "8", (result, "n"): "8"}
    for endpoint, median, longest, p in (("os", "12.2", "59.5", "0.0344"), ("pfs", "7.5", "57.3", "0.0244")):
        estimates = {
            "median": median,
            "observed/minimum": "0.3",
            "observed/median": median,
            "observed/maximum": longest,
        }
        expected |= {(f"survival/{endpoint}/{key}", "estimate"): value for key, value in estimates.items()}
        expected[f"survival/{endpoint}/logrank/response", "p_value"] = "<0.0001"
        expected[f"survival/{endpoint}/logrank/genetic_risk", "p_value"] = p
    expected["relapse/antigen/double_positive", "n_event"] = "10"
    expected["relapse/antigen/cd19_dim", "n_event"] = "2"
    assert listed == expected
    assert len(entries) == len(listed)
