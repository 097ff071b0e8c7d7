"""What is released of a cohort, and that nothing small follows from it."""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cartcohort.estimate.sections.disclosure import release_counts
from cartcohort.estimate.sections.disclosure.sets import PublishedSets

AE_COLUMNS = ("subject_id", "term", "treatment", "grade", "onset_day", "resolution_day", "infusion")
NO_EVENTS = pd.DataFrame(columns=AE_COLUMNS).astype({name: "float" for name in AE_COLUMNS[3:]})


def make_subjects(n, **columns):
    empty = {"best_response": None, "mrd_negative": None, "response_day": 28.0}
    subjects = pd.DataFrame({"subject_id": [f"P{i}" for i in range(n)], **{**empty, **columns}})
    return subjects.assign(relapse_day=pd.array(subjects.get("relapse_day", [None] * n), dtype="Int64"))


def make_endpoint(days, event, subjects, label="Overall survival"):
    kinds = pd.Categorical(np.where(event, "event", "censored"), ["censored", "event"])
    return SimpleNamespace(
        time_days=np.asarray(days),
        event=np.asarray(event, dtype=bool),
        event_type=kinds,
        cause="event",
        subjects=subjects,
        label=label,
        abbreviation="OS",
        origin="infusion",
        n_excluded=0,
    )


def release(subjects, endpoints=None, *, k, factors=()):
    parameters = {"min_cell_count": k, "conf_level": 0.95}
    labels = {name: name.upper() for name in factors}
    return release_counts(subjects, NO_EVENTS, endpoints or {}, factors=factors, labels=labels, parameters=parameters)


def levels(*sizes):
    return pd.Categorical(np.repeat([chr(97 + i) for i in range(len(sizes))], sizes))


def responses(*counts):
    """Responders, then others, of each level."""
    return np.concatenate([np.repeat(["CR", "NR"], pair) for pair in counts])


def test_nothing_is_released_where_nothing_is_masked():
    assert release(make_subjects(4), k=0) is None


def test_an_outcome_is_released_with_limits_from_its_count():
    released = release(make_subjects(20, best_response=responses((12, 8))), k=5)
    assert released.outcomes == {"response": 12, "remission": 12}
    record = released.results["efficacy/released/response"]
    assert (record.n_event, record.n, record.estimate) == (12, 20, 0.6)
    assert record.method == "proportion, exact (Clopper-Pearson) limits"


@pytest.mark.parametrize("responders", [1, 4, 16, 19])
def test_an_outcome_of_few_or_without_few_is_withheld(responders):
    released = release(make_subjects(20, best_response=responses((responders, 20 - responders))), k=5)
    assert released.outcomes == {}
    assert list(released.withheld) == ["response", "remission"]
    assert len(released.results) == 0


def test_a_response_on_entry_is_no_outcome():
    released = release(make_subjects(20, best_response=responses((12, 8)), response_day=0.0), k=5)
    assert (released.outcomes, list(released.withheld)) == ({}, [])


def test_an_outcome_that_differs_by_a_few_from_one_before_is_withheld():
    best = ["CR"] * 9 + ["PR"] * 3 + ["NR"] * 8
    released = release(make_subjects(20, best_response=best), k=5)
    assert released.outcomes == {"response": 12}  # 12 less 9 would be the three in partial remission
    assert list(released.withheld) == ["remission"]


def test_a_factor_with_a_small_level_is_withheld_whole():
    subjects = make_subjects(20, best_response=responses((12, 8)), arm=levels(9, 8, 3))
    released = release(subjects, k=5, factors=["arm"])
    assert released.factors == {}
    assert "arm" in released.withheld
    assert not released.results.select("*arm*")


def test_few_missing_values_withhold_a_factor_as_a_small_level_does():
    known = pd.Series(levels(9, 11)).where(np.arange(20) > 1)
    released = release(make_subjects(20, arm=known), k=5, factors=["arm"])
    assert released.factors == {}


def test_a_breakdown_with_one_small_cell_is_withheld_whole():
    best = responses((8, 6), (8, 3))  # three of the second level did not respond
    released = release(make_subjects(25, best_response=best, arm=levels(14, 11)), k=5, factors=["arm"])
    assert released.factors == {"arm": {"a": 14, "b": 11}}
    assert released.breakdowns == {}
    assert "arm/response" in released.withheld
    assert not released.results.select("*response/arm*")


def test_few_with_an_outcome_among_missing_values_withhold_a_breakdown():
    # Of those whose arm is not known two responded: the whole less three counts, more than are combined.
    best = responses((6, 6), (6, 6), (6, 6), (2, 8))
    known = pd.Categorical(np.where(np.arange(46) < 36, levels(12, 12, 12, 10), None), ["a", "b", "c"])
    released = release(make_subjects(46, best_response=best, arm=known), k=5, factors=["arm"])
    assert (released.outcomes["response"], released.factors) == (20, {"arm": {"a": 12, "b": 12, "c": 12}})
    assert released.breakdowns == {}


def test_a_breakdown_is_released_with_its_test():
    best = responses((12, 6), (5, 9))
    released = release(make_subjects(32, best_response=best, arm=levels(18, 14)), k=5, factors=["arm"])
    assert released.breakdowns["arm", "response"] == {"a": 12, "b": 5}
    found = released.results.select("efficacy/released/response/arm/*")
    assert [(one.n_event, one.n) for one in found.values()] == [(12, 18), (5, 14), (17, 32)]
    tested = stats.fisher_exact([[12, 6], [5, 9]])
    assert found["efficacy/released/response/arm/test"].p_value == pytest.approx(tested.pvalue)


def test_a_hazard_ratio_needs_enough_deaths_and_survivors_at_every_level():
    event = [True] * 6 + [False] * 7 + [True] * 5 + [False] * 8
    days = [*range(100, 700, 100), *[2000] * 7, *range(150, 400, 50), *[2100] * 8]
    subjects = make_subjects(26, arm=levels(13, 13))
    released = release(subjects, {"os": make_endpoint(days, event, subjects)}, k=5, factors=["arm"])
    ratios = released.results.select("risk_factors/released/os/*")
    assert list(ratios) == ["risk_factors/released/os/logrank/arm", "risk_factors/released/os/cox/arm/b"]
    ratio = ratios["risk_factors/released/os/cox/arm/b"]
    assert (ratio.n, ratio.n_event, ratio.note) == (None, None, "")
    told = (ratio.estimate, ratio.conf_low, ratio.conf_high, ratio.p_value)
    assert all(value == float(f"{value:.2g}") for value in told)
    none_at_a = [False] * 13 + event[13:]
    released = release(subjects, {"os": make_endpoint(days, none_at_a, subjects)}, k=5, factors=["arm"])
    assert released.breakdowns["arm", "death"] == {"a": 0, "b": 5}
    assert not released.results.select("risk_factors/*")


def ratios_of(deaths, survivors, *, k):
    """Hazard ratios between two levels of so many deaths and survivors each."""
    n = deaths + survivors
    subjects = make_subjects(2 * n, arm=levels(n, n))
    days = [*range(10, 10 + deaths), *[9000] * survivors, *range(5, 5 + 7 * deaths, 7), *[9000] * survivors]
    event = ([True] * deaths + [False] * survivors) * 2
    released = release(subjects, {"os": make_endpoint(days, event, subjects)}, k=k, factors=["arm"])
    assert released.breakdowns["arm", "death"] == {"a": deaths, "b": deaths}
    return list(released.results.select("risk_factors/released/os/cox/*"))


def test_a_hazard_ratio_needs_five_deaths_and_survivors_however_small_the_least_count():
    # of three and three the ratio, its limits and the log-rank test single out who was among the first deaths
    assert ratios_of(3, 3, k=3) == []
    assert ratios_of(5, 4, k=3) == []
    assert ratios_of(4, 5, k=3) == []
    assert len(ratios_of(5, 5, k=3)) == 1


def test_an_endpoint_of_some_of_the_patients_is_not_counted():
    subjects = make_subjects(20)
    part = make_endpoint([100] * 12, [True] * 6 + [False] * 6, subjects[:12])
    assert release(subjects, {"os": part}, k=5).outcomes == {}


def random_cohort(rng, n):
    death, days = rng.random(n) < rng.uniform(0.2, 0.8), rng.integers(1, 1500, n)
    progression = death | (rng.random(n) < 0.3)
    responded = rng.random(n) < 0.6
    subjects = make_subjects(
        n,
        best_response=np.where(responded, np.where(rng.random(n) < 0.7, "CR", "PR"), "NR"),
        mrd_negative=np.where(responded & (rng.random(n) < 0.8), "yes", "no"),
        relapse_day=[100 if one else None for one in progression & (rng.random(n) < 0.6)],
        **{f"f{i}": pd.Categorical(rng.choice(["a", "b", "c"][: 2 + i % 2], n)) for i in range(3)},
    )
    subjects["near"] = subjects["f0"].astype(str).where(rng.random(n) < 0.9, "b").astype("category")
    return subjects, {
        "os": make_endpoint(days, death, subjects),
        "pfs": make_endpoint(days, progression, subjects, "Progression-free survival"),
    }


def watch_what_is_let_in(monkeypatch):
    let_in, admit = [], PublishedSets.admit

    def watched(self, sets):
        admitted = admit(self, sets)
        let_in.extend(sets if admitted else ())
        return admitted

    monkeypatch.setattr(PublishedSets, "admit", watched)
    return let_in


def combine(masks, size):
    """Size of every set that adding and subtracting so many of these masks gives."""
    rows, found = np.asarray(masks, dtype=np.int8), []
    for signs in itertools.product((1, -1), repeat=size):
        members = signs[0] * rows
        for sign in signs[1:]:
            members = members[..., np.newaxis, :] + sign * rows
        found.append(members.sum(axis=-1)[((members == 0) | (members == 1)).all(axis=-1)])
    return np.unique(np.concatenate([one.ravel() for one in found]))


@pytest.mark.parametrize("seed", range(6))
def test_of_random_cohorts_no_small_set_follows_from_what_is_released(seed, monkeypatch):
    let_in = watch_what_is_let_in(monkeypatch)
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(25, 45)), int(rng.integers(3, 6))
    subjects, endpoints = random_cohort(rng, n)
    released = release(subjects, endpoints, k=k, factors=["f0", "f1", "f2", "near"])
    published = np.unique(np.array([np.ones(n, dtype=bool), *let_in]), axis=0)
    assert len(published) > len(released.outcomes)
    sizes = np.concatenate([combine(published, size) for size in (1, 2, 3)])
    assert not np.any((sizes > 0) & (sizes < k))
    counted = {int(mask.sum()) for mask in let_in}
    told = {record.n_event for record in released.results.values()} - {None}
    assert told <= counted | {0, n}
