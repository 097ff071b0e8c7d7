"""Every section checks itself: all agree, and a fault of the first route is seen.

That they agree on studies nobody has seen is tested where those are run (`test_run`).
"""

import functools
import json
import re
from dataclasses import fields, replace

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.estimate.second_route import groups
from cartcohort.estimate.sections import self_check
from cartcohort.present import display
from tests.builders import write_study
from tests.notebooks.execute import NOTEBOOKS, SECTIONS, run_notebook
from tests.oracle.report import reported

# Checked at least, so that an emptied list of checks does not pass for agreement.
AT_LEAST = {"efficacy": 80, "survival": 190, "risk_factors": 60, "safety": 80, "relapse": 110}
# Key results without a second route: what is resampled is compared with R alone.
NOT_RECOMPUTED = ("concordance",)


def checks_of(results, section):
    return {name: r for name, r in results.items() if name.startswith(f"{section}/self_check/")}


def disagreements(results, section):
    checks = checks_of(results, section)
    assert checks[f"{section}/self_check/agreeing"]["n"] == checks[f"{section}/self_check/checked"]["estimate"]
    return [f"{name}: {r['note']}" for name, r in checks.items() if r["note"].startswith("disagrees")]


@functools.cache
def default(section):
    return run_notebook(section)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("study", ["car1922", "bmt"])
def test_both_routes_agree_on_the_bundled_studies_and_every_library_answers(section, study):
    results = reported(study, section)
    assert disagreements(results, section) == []
    assert not [r["note"] for r in checks_of(results, section).values() if "failed" in r["note"]]
    if study == "car1922":
        assert results[f"{section}/self_check/checked"]["estimate"] >= AT_LEAST[section]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_says_how_many_agree_and_warns_of_nothing(section):
    shown = default(section)
    (summary,) = shown.of_type(display.MIME_SUMMARY)
    assert summary["warning"] == ""
    n = int(shown.results[f"{section}/self_check/checked"]["estimate"])
    assert f"{n} of {n} headline results recomputed by a second route agree (largest relative" in shown.text


@pytest.mark.parametrize(
    "values",
    [
        {
            "conf_type": "plain",
            "median_rule": "first",
            "past_follow_up": "carry",
            "ties": "breslow",
            "conf_level": 0.9,
        },
        {"hsct_handling": "competing", "new_therapy_handling": "censor"},
        {"origin": "enrollment", "response_assessment_day": 60, "hsct_handling": "event"},
        {"data_cutoff_date": "2021-06-30", "timepoints_months": [1, 16, 100], "conditional_months": 6.5},
    ],
    ids=lambda values: next(iter(values)),
)
@pytest.mark.parametrize("section", ["efficacy", "survival", "relapse"])
def test_both_routes_agree_whatever_the_parameters(section, values):
    declared = (NOTEBOOKS / f"{section}.ipynb").read_text(encoding="utf-8")
    own = {name: value for name, value in values.items() if f'"{name}: ' in declared}
    assert disagreements(run_notebook(section, **own).results, section) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_result_and_published_figure_is_recomputed(section):
    shown = default(section)
    recomputed = {name.rpartition("/")[0].replace("/self_check", "") for name in checks_of(shown.results, section)}
    published = {figure.result for figure in shown.variables["cohort"].published}
    wanted = {name for name in published if name.startswith(f"{section}/")} | key_results(shown)
    assert {name for name in wanted if not any(part in name for part in NOT_RECOMPUTED)} - recomputed == set()


def key_results(shown):
    """Names of the results whose value and interval stand in the strip of key results."""
    (summary,) = shown.of_type(display.MIME_SUMMARY)
    names = set()
    for key in summary["key_results"]:
        same = [name for name, result in results_of(shown).items() if shows(result, key)]
        assert same, key
        names |= set(same[:1])
    return names


def shows(result, key):
    from cartcohort.present.narrative import describe_key_result

    found = describe_key_result(result)
    return (found.value, found.interval) == (key["value"], key["interval"])


def results_of(shown):
    known = [field.name for field in fields(Result)]
    return ResultSet(
        {
            name: Result(**{field: record[field] for field in known})
            for name, record in shown.results.items()
            if "/self_check/" not in name
        }
    )


def test_a_shifted_result_is_seen_by_every_route():
    shown = default("survival")
    variables, results = shown.variables, results_of(shown)
    ratio = results["survival/os/cox/genetic_risk/high"]
    shifted = {**results, "survival/os/cox/genetic_risk/high": replace(ratio, estimate=ratio.estimate * (1 + 1e-5))}
    cohort, parameters = variables["cohort"], {**variables["parameters"], "endpoints": variables["asked"].told}
    checks = self_check.check_survival(shifted, cohort.subjects, cohort.factors, parameters)
    wrong = [name for name, record in checks.items() if record.note.startswith("disagrees")]
    assert wrong == [
        f"survival/self_check/os/cox/genetic_risk/high/{route}" for route in ("count", "statsmodels", "lifelines")
    ]


def test_a_death_that_the_first_route_loses_is_seen():
    shown = default("survival")
    variables, results = shown.variables, results_of(shown)
    subjects = variables["cohort"].subjects.copy()
    row = subjects["death_day"].first_valid_index()
    subjects.loc[row, "death_day"] = None
    parameters = {**variables["parameters"], "endpoints": variables["asked"].told}
    checks = self_check.check_survival(results, subjects, variables["cohort"].factors, parameters)
    assert checks["survival/self_check/os/rate/12m/count"].note.startswith("disagrees: estimate")
    assert checks["survival/self_check/os/logrank/genetic_risk/statsmodels"].note.startswith("disagrees")


def test_a_disagreement_is_loud_at_the_top_of_the_page(monkeypatch):
    def wrong(course, codes):
        return {"statistic": 1.0, "p_value": 0.3173}

    monkeypatch.setattr(groups, "ask_survdiff", wrong)
    shown = run_notebook("survival")
    (summary,) = shown.of_type(display.MIME_SUMMARY)
    assert re.match(
        r"\d+ of \d+ headline results differ between the first route and a second one", summary["warning"]
    )
    assert "Do not rely on this section" in summary["warning"]
    assert "Disagreements" in shown.text
    assert disagreements(shown.results, "survival")


def test_a_study_without_days_of_response_raises_no_alarm(tmp_path):
    subjects = "subject_id,death_day,last_contact_day,best_response\n" + "".join(
        f"P{n},{90 + 31 * n if n % 2 else ''},{'' if n % 2 else 400 + n},{'CR' if n % 3 else 'NR'}\n" for n in range(12)
    )
    shown = run_notebook("survival", study_path=str(write_study(tmp_path / "few", subjects=subjects, yaml="")))
    (summary,) = shown.of_type(display.MIME_SUMMARY)
    assert summary["warning"] == ""


def test_a_library_that_fails_is_told_and_stops_nothing(monkeypatch):
    def broken(course, codes):
        raise TypeError("another version")

    monkeypatch.setattr(groups, "ask_survdiff", broken)
    shown = run_notebook("risk_factors")
    assert disagreements(shown.results, "risk_factors") == []
    assert "the library failed (TypeError)" in json.dumps(shown.results)
    (summary,) = shown.of_type(display.MIME_SUMMARY)
    assert summary["warning"] == ""
