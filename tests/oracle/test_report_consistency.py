"""What a reviewer checks in the numbers of a default run without computing any of them again."""

import json
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cartcohort.estimate import multiplicity
from tests.notebooks.execute import run_notebook
from tests.oracle.report import DATA, SECTIONS, STUDIES, reported

# A range over other analyses of the same data: smallest and largest p, and the thresholds looked at.
RANGES = ("/leave_one_out", "/robustness/threshold/")
UNITS = {
    *("", "proportion", "months", "days", "grades", "events", "events per patient-year", "events per coefficient"),
    *("hazard ratio", "subdistribution hazard ratio", "odds ratio", "standardised difference", "concordance"),
    *("patients", "results", "p-value", "threshold", "AIC"),
    *("pg/mL", "ng/mL", "mg/L", "copies/µg DNA", "cells/µL", "% of marrow cells"),
}

each_section = pytest.mark.parametrize("section", SECTIONS)
each_study = pytest.mark.parametrize("study", STUDIES)


def every_record(study):
    return {name: record for section in SECTIONS for name, record in reported(study, section).items()}


def offending(study, section, wrong):
    """Names of the records of a section for which `wrong(record)` holds."""
    return [name for name, record in reported(study, section).items() if wrong(record)]


def has_limits(record):
    return record["conf_low"] is not None or record["conf_high"] is not None


@each_study
@each_section
def test_records_hold_numbers_or_null_in_their_own_section(study, section):
    found = reported(study, section)
    assert json.loads(json.dumps(list(found.values()), allow_nan=False))
    assert {record["section"] for record in found.values()} == {section}
    assert not offending(study, section, lambda record: record["id"].split("/")[0] != section)


@each_study
@each_section
def test_every_record_says_what_it_is(study, section):
    assert not offending(study, section, lambda record: not record["label"].strip())
    assert not offending(study, section, lambda record: record["unit"] not in UNITS)
    # An unpublished number, such as a baseline median, may be in any unit; an interval or a test needs its method.
    assert not offending(
        study, section, lambda r: (has_limits(r) or r["p_value"] is not None) and not r["method"].strip()
    )


@each_study
@each_section
def test_a_label_belongs_to_one_result(study, section):
    # CRS and ICANS stand again among all adverse events: the same numbers by the same words.
    own = [name for name in reported(study, section) if not re.match("safety/(self_check/)?ae/(crs|icans)/", name)]
    labels = Counter(reported(study, section)[name]["label"] for name in own)
    assert not [label for label, times in labels.items() if times > 1]


@each_study
@each_section
def test_what_is_missing_has_a_reason(study, section):
    assert not offending(
        study, section, lambda r: r["estimate"] is None and r["p_value"] is None and not r["note"].strip()
    )
    # A test and its p-value come together.
    assert not offending(study, section, lambda r: r["statistic"] is not None and r["p_value"] is None)


@each_study
@each_section
def test_limits_have_their_level_and_hold_the_estimate(study, section):
    def wrong(record):
        if not has_limits(record) or any(part in record["id"] for part in RANGES):
            return False
        estimate, low, high = (record[field] for field in ("estimate", "conf_low", "conf_high"))
        inside = estimate is None or (
            (low is None or low <= estimate + 1e-12) and (high is None or estimate <= high + 1e-12)
        )
        return record["conf_level"] != 0.95 or not inside

    assert not offending(study, section, wrong)


@each_study
@each_section
def test_patients_and_events_can_be_counts(study, section):
    n_all = {"car1922": 35, "bmt": 137}[study]
    # What the self-check counts are results.
    assert not offending(
        study, section, lambda r: r["unit"] != "results" and (r["n"] is None or not 0 <= r["n"] <= n_all)
    )
    assert not offending(
        study, section, lambda record: record["n_event"] is not None and not 0 <= record["n_event"] <= record["n"]
    )


@each_study
@each_section
def test_shares_are_events_of_patients_and_proportions_lie_in_their_range(study, section):
    def wrong(record):
        if record["unit"] != "proportion" or record["estimate"] is None:
            return False
        lowest = -1 if "risk_difference" in record["id"] else 0
        numbers = [record[field] for field in ("estimate", "conf_low", "conf_high") if record[field] is not None]
        in_range = all(lowest <= number <= 1 for number in numbers)
        modelled = "/uncured_at_end/" in record["id"]
        counted = not modelled and (not record["method"] or record["method"].startswith("proportion,"))
        share = record["n_event"] / record["n"] if counted else record["estimate"]
        return not in_range or abs(record["estimate"] - share) > 1e-12

    assert not offending(study, section, wrong)


@each_study
@each_section
def test_p_values_are_those_of_their_statistics(study, section):
    def wrong(record):
        statistic, df, p = record["statistic"], record["df"], record["p_value"]
        is_z = "Wald limits" in record["method"]
        if is_z and df is not None:
            return True
        if "half chi-squared" in record["method"]:
            return abs(p - stats.chi2.sf(statistic, 1) / 2) > 1e-9 * p
        if "p = (1 - q)^N" in record["method"]:
            share, n = statistic / record["n"], record["n"]
            return abs(record["estimate"] - share) > 1e-12 or abs(p - (1 - share) ** n) > 1e-9 * p
        if statistic is None or (df is None and not is_z):
            # A rank sum, or a permuted log-rank, whose p comes from another distribution.
            return statistic is not None and not re.match("Wilcoxon|.*permutations", record["method"])
        expected = 2 * stats.norm.sf(abs(statistic)) if is_z else stats.chi2.sf(statistic, df)
        return abs(p - expected) > 1e-9 * max(expected, 1e-300) + 1e-15

    assert not offending(study, section, wrong)


@each_study
@each_section
def test_wald_limits_exclude_one_exactly_where_p_is_below_the_level(study, section):
    def wrong(record):
        if "Wald limits" not in record["method"] or record["p_value"] is None:
            return False
        excludes = record["conf_low"] > 1 or record["conf_high"] < 1
        return excludes != (record["p_value"] < 0.05)

    assert not offending(study, section, wrong)


@each_study
@each_section
def test_adjusted_p_values_are_over_the_family_named_in_the_note(study, section):
    families = {}
    for record in reported(study, section).values():
        if record["p_holm"] is not None or record["p_bh"] is not None:
            (family,) = re.findall(r"p adjusted over (\d+ .*?)(?:;|$)", record["note"])
            # One endpoint's tests by all factors, say: the ids differ in their last part, or in factor and level.
            stem = record["id"].split("/firth/")[0] if "/firth/" in record["id"] else record["id"].rsplit("/", 1)[0]
            families.setdefault((re.sub(r"/peak/\w+$", "/peak", stem), family), []).append(record)
    for (stem, family), records in families.items():
        assert len(records) == int(family.split()[0]), stem
        raw = [record["p_value"] for record in records]
        for field, method in (("p_holm", "holm"), ("p_bh", "bh")):
            adjusted = multiplicity.adjust_p_values(raw, method=method)
            assert [record[field] for record in records] == pytest.approx(adjusted, rel=1e-12)
            assert all(a >= p for a, p in zip(adjusted, raw, strict=True))


@each_study
def test_one_comparison_has_one_result_wherever_it_stands(study):
    found, compared = every_record(study), Counter()
    same = {
        r"risk_factors/(\w+)/(logrank|cox)/(.*)": r"survival/\1/\2/\3",
        r"risk_factors/(\w+)/robustness/([^/]+)/(?:leave_one_out|fragility)": r"survival/\1/logrank/\2",
        r"efficacy/dor/(median|rate/\d+m)": r"survival/dor/\1",
        r"safety/ae/(crs|icans)/(.*)": r"safety/\1/\2",
        r"survival/(\w+)/handling/ignore/(.*)": r"survival/\1/\2",
        r"relapse/handling/ignore/(.*)": r"relapse/\1",
        r"safety/sensitivity/(crs|icans)/reported/(.*)": r"safety/\1/\2",
        r"efficacy/sensitivity/(orr|cr_cri)/infused(.*)": r"efficacy/response/\1\2",
    }
    for pattern, target in same.items():
        for name in found:
            if not re.fullmatch(pattern, name):
                continue
            other = found[re.sub(pattern, target, name)]
            fields = ("p_value",) if "robustness" in name else ("estimate", "conf_low", "conf_high", "p_value", "n")
            for field in fields:
                expected = other[field] if other[field] is None else pytest.approx(other[field], rel=1e-9)
                assert found[name][field] == expected, (name, field)
            compared[pattern] += 1
    never = {pattern for pattern in same if not compared[pattern]}
    assert never <= (
        {p for p in same if "icans" in p or "survival/(\\w+)/handling" in p} if study == "bmt" else set()
    )


@each_study
def test_relapse_death_in_remission_and_neither_add_to_one(study):
    found = every_record(study)
    for months in (6, 12, 24):
        parts = [f"relapse/cir/{months}m", f"relapse/nrm/{months}m", f"survival/rfs/rate/{months}m"]
        assert sum(found[name]["estimate"] for name in parts) == pytest.approx(1, abs=1e-12)


@each_study
def test_levels_add_to_their_factor(study):
    found = every_record(study)
    events = Counter()
    for name, record in found.items():
        if match := re.fullmatch(r"risk_factors/(\w+)/events/([^/]+)/.*", name):
            events[match.groups()] += np.array([record["n"], record["n_event"]])
    assert len(events) >= 30
    for (endpoint, factor), counts in events.items():
        whole = found[f"risk_factors/{endpoint}/logrank/{factor}"]
        assert tuple(counts) == (whole["n"], whole["n_event"])


@each_study
def test_a_ratio_of_two_levels_has_the_p_value_of_its_wald_test(study):
    found, compared = every_record(study), 0
    for name, record in found.items():
        match = re.fullmatch(r"risk_factors/(\w+)/wald/(.*)", name)
        if match and record["df"] == 1:
            (ratio,) = [
                found[key] for key in found if key.startswith("risk_factors/{}/cox/{}/".format(*match.groups()))
            ]
            assert record["p_value"] == pytest.approx(ratio["p_value"], rel=1e-9)
            compared += 1
    assert compared >= 30


@each_study
def test_worst_grades_add_to_the_patients_with_the_event(study):
    found = reported(study, "safety")
    for term in ("crs", "icans"):
        grades = [record["n_event"] for name, record in found.items() if name.startswith(f"safety/{term}/grade/")]
        if grades:
            assert sum(grades) == found[f"safety/{term}/any"]["n_event"]
            assert sum(grades[2:]) == found[f"safety/{term}/grade_3_or_higher"]["n_event"]


def test_responses_add_to_the_patients():
    found = reported("car1922", "efficacy")
    kinds = ("cr", "cri", "pr", "nr", "ne")
    assert sum(found[f"efficacy/response/{kind}"]["n_event"] for kind in kinds) == 35


def test_plain_counts_of_the_table_are_the_patients_and_deaths_of_overall_survival():
    for study, n in (("car1922", 35), ("bmt", 137)):
        table = pd.read_csv(DATA / study / "subjects.csv")
        died = table["death_date" if "death_date" in table else "death_day"].notna().sum()
        median = reported(study, "survival")["survival/os/median"]
        assert (median["n"], median["n_event"]) == (len(table), died) and len(table) == n


CONVENTIONS = {
    "conf_level": 0.9,
    "conf_type": "plain",
    "ties": "breslow",
    "median_rule": "first",
    "past_follow_up": "carry",
}


@each_section
def test_other_conventions_reach_every_result(section):
    declared = set(run_notebook_parameters(section))
    chosen = {name: value for name, value in CONVENTIONS.items() if name in declared}
    found = run_notebook(section, study_path=str(DATA / "car1922"), **chosen).results
    assert {record["conf_level"] for record in found.values()} <= {0.9, None}
    for name, record in found.items():
        method = record["method"]
        if "Cox model" in method and "Firth" not in method:
            assert "Breslow ties" in method, name
        if "Kaplan-Meier" in method and "/exact" not in name and not name.endswith("/rmst/24m"):
            assert "plain limits" in method, name
        assert "midpoint" not in method, name


def run_notebook_parameters(section):
    cells = json.loads((DATA.parent / "notebooks" / f"{section}.ipynb").read_text(encoding="utf-8"))["cells"]
    (cell,) = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    return re.findall(r"^(\w+):", "".join(cell["source"]), flags=re.MULTILINE)
