"""Groups known only after time zero: by hand at a landmark and in a counting process, and what must always hold."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from cartcohort.estimate.regression import fit_cox
from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import guard
from cartcohort.estimate.sections.groupings import Grouping
from tests.unit.estimate.sections.endpoints import factor, make_endpoint

OPTIONS = {
    "main": ["os"], "landmark_days": [22, 28], "timepoints_months": [6], "conf_level": 0.95, "conf_type": "log-log",
    "median_rule": "midpoint", "past_follow_up": "not_estimable", "ties": "efron",
}  # fmt: skip
NEVER = np.inf
# Six patients: dead on days 10, 20, 30 and 40, two followed to day 50; the second, fourth and fifth change group.
TIME, EVENT, DAY = [10, 20, 30, 40, 50, 50], [1, 1, 1, 1, 0, 0], [NEVER, 5, NEVER, 25, 5, NEVER]


def in_days(time, event, **columns):
    endpoint = make_endpoint(np.ones(len(time)), event, **columns)
    endpoint.time_days = np.asarray(time)
    return endpoint


def group(day, *, second=None, since=None, name="hsct"):
    day = np.asarray(day, dtype=float)
    second = np.where(np.isnan(day), np.nan, np.isfinite(day)) if second is None else np.asarray(second, dtype=float)
    since = np.full(len(day), -np.inf) if since is None else np.asarray(since, dtype=float)
    row = np.arange(2, len(day) + 2)
    return Grouping(name, "Transplant", ("no", "yes"), ("Without", "With"), "", row, second, day, since)


def compare(time=TIME, event=EVENT, day=DAY, *, endpoint=None, **changes):
    grouping = day if isinstance(day, Grouping) else group(day)
    options = OPTIONS | {key: value for key, value in changes.items() if key in OPTIONS}
    return guard.compare_guarded({"os": endpoint or in_days(time, event)}, {grouping.name: grouping}, **options)


def counts(results, stem):
    start = f"os/{stem}/count/hsct/"
    return {name.removeprefix(start): r.estimate for name, r in results.items() if name.startswith(start)}


def test_at_a_landmark_patients_belong_to_the_group_come_to_by_then():
    results = compare()
    # After day 22 four are left, and only the fifth had changed; of the others the fourth does so on day 25.
    assert counts(results, "landmark/22d") == {
        "no": 3, "yes": 1, "earlier_event": 2, "shorter_follow_up": 0, "unknown": 0,
    }  # fmt: skip
    # Expected in the group: 1/4 on day 30 and 1/3 on day 40; variances 3/16 and 2/9; observed none.
    test = results["os/landmark/22d/logrank/hsct"]
    assert test.statistic == pytest.approx((7 / 12) ** 2 / (3 / 16 + 2 / 9))
    assert (test.n, test.n_event) == (4, 2)
    # After day 28 the fourth counts in it too: expected 2/4 and 2/3, observed 1.
    assert counts(results, "landmark/28d")["yes"] == 2
    assert results["os/landmark/28d/logrank/hsct"].statistic == pytest.approx(1 / 17)


def test_the_counting_process_is_that_of_risk_sets_drawn_by_hand():
    # In the group at the four deaths: 2 of 6, 2 of 5 (and he who dies), 2 of 4, 2 of 3 (and he who dies).
    def slope(r):
        return 2 - r * (2 / (4 + 2 * r) + 2 / (3 + 2 * r) + 2 / (2 + 2 * r) + 2 / (1 + 2 * r))

    result = compare()["os/time_dependent_cox/hsct"]
    assert result.estimate == pytest.approx(optimize.brentq(slope, 0.01, 100, xtol=1e-13), rel=1e-8)
    assert (result.n, result.n_event) == (6, 4)
    assert counts(compare(), "time_dependent_cox") == {"no": 3, "yes": 3}


def test_the_plain_comparison_takes_the_groups_as_known_in_the_end_and_is_marked():
    results = compare()
    plain = results["os/cox/hsct/yes"]
    final = factor("no", "yes", "no", "yes", "yes", "no", levels=("no", "yes"))
    alone = fit_cox(np.array(TIME) / DAYS_PER_MONTH, EVENT, in_days(TIME, EVENT, g=final).subjects[["g"]])
    assert plain.estimate == pytest.approx(alone.ratio[0])
    marked = [name for name in results if name.split("/")[1] in ("cox", "logrank")]
    assert len(marked) == 2
    assert all("biased by guarantee time" in results[name].note for name in marked)


def test_who_changes_on_the_day_of_the_event_had_not_changed_before_it():
    late = compare(day=[10, *DAY[1:]])
    assert late["os/time_dependent_cox/hsct"].estimate == pytest.approx(
        compare()["os/time_dependent_cox/hsct"].estimate
    )
    assert counts(late, "time_dependent_cox") == {"no": 3, "yes": 3}


def test_a_landmark_takes_in_a_change_on_its_very_day():
    assert counts(compare(landmark_days=[25]), "landmark/25d")["yes"] == 2


def test_a_change_on_an_unknown_day_is_left_out_and_counted():
    results = compare(day=group([NEVER, np.nan, NEVER, 25, 5, NEVER], second=[0, 1, 0, 1, 1, 0]))
    assert results["os/logrank/hsct"].n == 6
    assert results["os/time_dependent_cox/hsct"].n == 5
    assert counts(results, "landmark/22d") == {
        "no": 3, "yes": 1, "earlier_event": 1, "shorter_follow_up": 0, "unknown": 1,
    }  # fmt: skip


def test_a_question_that_arises_late_leaves_out_who_is_not_yet_concerned():
    # The first three have no CRS, that of the others begins on days 2, 24 and 30; one is treated on day 25.
    grouping = group(
        [np.nan, np.nan, np.nan, NEVER, 25, NEVER],
        second=[np.nan, np.nan, np.nan, 0, 1, 0],
        since=[np.nan, np.nan, np.nan, 2, 24, 30],
    )
    results = compare(day=grouping, landmark_days=[24, 35])
    assert counts(results, "landmark/24d") == {
        "no": 2, "yes": 0, "earlier_event": 0, "shorter_follow_up": 0, "unknown": 4,
    }  # fmt: skip
    assert counts(results, "landmark/35d")["unknown"] == 3
    model = results["os/time_dependent_cox/hsct"]
    assert (model.n, model.n_event) == (3, 1)


def test_those_who_enter_late_are_not_at_risk_before():
    # All change at their onset, so that a patient never counts as "no" before it; the last never does.
    grouping = group([NEVER, 15, NEVER, NEVER, 5, NEVER], since=[0, 15, 0, 0, 5, 0])

    def slope(r):
        # In the group: 1 of 5 at risk on day 10 (the second enters on 15), then 2 of 5, 1 of 4, 1 of 3.
        return 1 - r * (1 / (4 + r) + 2 / (3 + 2 * r) + 1 / (3 + r) + 1 / (2 + r))

    result = compare(day=grouping)["os/time_dependent_cox/hsct"]
    assert result.estimate == pytest.approx(optimize.brentq(slope, 0.01, 100, xtol=1e-13), rel=1e-8)


def test_the_strip_gives_the_landmark_analysis_of_every_fortnight():
    results = compare(time=np.array(TIME) * 10, day=np.array(DAY) * 10, landmark_days=[56])
    strip = [name.split("/")[2] for name in results if name.startswith("os/landmark_strip/") and "cox" in name]
    assert strip == [f"{day}d" for day in range(14, 183, 14)]
    assert results["os/landmark_strip/56d/cox/hsct"].estimate == results["os/landmark/56d/cox/hsct"].estimate
    assert results["os/landmark_strip/56d/count/hsct/yes"].estimate == 2
    # The strip holds the later events of each group.
    assert results["os/landmark_strip/168d/count/hsct/no"].n_event == 2


def test_where_one_group_or_no_event_in_one_is_left_the_ratio_says_why():
    results = compare(landmark_days=[1, 22, 45])
    for day in ("1d", "45d"):
        assert results[f"os/landmark/{day}/cox/hsct"].estimate is None
    assert results["os/landmark/1d/cox/hsct"].note == "not estimable: only one group"
    assert results["os/landmark/45d/cox/hsct"].note == "not estimable: no events"
    alone = results["os/landmark/22d/cox/hsct"]
    assert alone.estimate is None and alone.note == "separation: no events at this level"


def test_a_grouping_entered_by_nobody_in_time_has_a_noted_non_answer():
    results = compare(day=[NEVER, 20, NEVER, 40, 50, NEVER])
    assert results["os/time_dependent_cox/hsct"].note == "not estimable: no patient changes group while at risk"


def test_a_grouping_that_everyone_enters_on_day_0_has_noted_non_answers():
    results = compare(day=[0] * 6)
    ratios = [name for name in results if "cox" in name.split("/") or name.endswith("time_dependent_cox/hsct")]
    assert results["os/time_dependent_cox/hsct"].estimate is None and results["os/time_dependent_cox/hsct"].note
    assert all(results[name].estimate is None and results[name].note for name in ratios)


def test_only_response_is_compared_on_further_endpoints_and_has_medians():
    endpoint = in_days(TIME, EVENT, response=factor("no", "yes", "no", "yes", "yes", "no", levels=("no", "yes")))
    found = {one.name: one for one in (group(DAY, name="response"), group(DAY))}
    results = guard.compare_guarded({"os": endpoint, "efs": endpoint}, found, **OPTIONS)
    assert "os/landmark/22d/cox/hsct" in results and "efs/landmark/22d/cox/response" in results
    assert not results.select("efs/*/hsct*", "efs/landmark_strip/*")
    assert {name.split("/")[2] for name in results.select("*/median/*")} == {"response"}


def test_every_model_handles_ties_as_asked():
    ratios = compare(ties="breslow").select("os/cox/*", "os/landmark/28d/cox/*", "os/time_dependent_cox/hsct")
    assert len(ratios) == 3
    assert all("Breslow ties" in ratio.method for ratio in ratios.values())


def test_curves_are_those_of_the_first_grouping_from_zero_and_from_each_landmark():
    drawn = guard.estimate_guarded_curves(
        {"os": in_days(TIME, EVENT)},
        {"hsct": group(DAY), "severe_crs": group(DAY, name="severe_crs")},
        landmark_days=[22],
        conf_level=0.95,
        conf_type="log-log",
    )
    assert [one.grouping.name for one in drawn] == ["hsct"]
    assert {level: curve.n for level, curve in drawn[0].plain.items()} == {"no": 3, "yes": 3}
    assert {level: curve.n for level, curve in drawn[0].landmarks[22].items()} == {"no": 3, "yes": 1}
    # The clock starts at the landmark: the third dies 8 days after it.
    assert drawn[0].landmarks[22]["no"].time[0] * DAYS_PER_MONTH == pytest.approx(8)


cohorts = st.lists(
    st.tuples(st.integers(1, 300), st.booleans(), st.one_of(st.just(NEVER), st.integers(0, 200))),
    min_size=4,
    max_size=25,
)


def numbers(results):
    fields = ("estimate", "conf_low", "conf_high", "statistic", "p_value", "n", "n_event")
    values = {name: [getattr(result, field) for field in fields] for name, result in results.items()}
    return {name: [np.nan if one is None else one for one in row] for name, row in values.items()}


def near(values, *, rel):
    return pytest.approx(values, rel=rel, abs=1e-7, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(cohorts, st.randoms())
def test_the_order_of_the_patients_changes_nothing(patients, random):
    shuffled = random.sample(patients, len(patients))
    one, other = (numbers(compare(*zip(*rows, strict=True))) for rows in (patients, shuffled))
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values == near(other[name], rel=1e-6), name


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_for_groups_settled_on_day_0_the_landmark_at_day_0_is_the_plain_comparison(patients):
    time, event, day = zip(*patients, strict=True)
    day = [0 if np.isfinite(one) else NEVER for one in day]
    assume(len(set(day)) == 2)
    results = numbers(compare(time, event, day, landmark_days=[0]))
    plain = results["os/cox/hsct/yes"]
    assert results["os/landmark/0d/logrank/hsct"] == near(results["os/logrank/hsct"], rel=1e-9)
    assert results["os/landmark/0d/cox/hsct"] == near(plain, rel=1e-6)
    assert results["os/time_dependent_cox/hsct"] == near(plain, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(cohorts)
def test_at_every_landmark_everybody_is_counted_once(patients):
    time, event, day = zip(*patients, strict=True)
    results = compare(time, event, day, landmark_days=[0, 28, 90])
    for landmark in (0, 28, 90):
        assert sum(counts(results, f"landmark/{landmark}d").values()) == len(patients)
