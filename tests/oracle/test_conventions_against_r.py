"""Numbers under `convention: r` and `convention: sas` against R, run with the defaults of those two."""

import functools

import pytest

from tests.notebooks.execute import run_notebook
from tests.oracle.report import DATA, STUDIES
from tests.oracle.test_report_against_r import FIELDS, agrees, reference

# Fields compared at least, by study.
AT_LEAST = {"car1922": 900, "bmt": 1300}

each_study = pytest.mark.parametrize("study", STUDIES)
each_convention = pytest.mark.parametrize("convention", ["r", "sas"])


@functools.cache
def survival(study, convention):
    return run_notebook("survival", study_path=str(DATA / study), convention=convention).results


def of_convention(study, convention):
    start = f"{convention}/"
    return {e["id"].removeprefix(start): e for e in reference(study)["results"] if e["id"].startswith(start)}


@each_study
@each_convention
def test_every_number_under_a_convention_is_that_of_r_with_its_options(study, convention):
    found, wrong, compared = survival(study, convention), [], 0
    for name, entry in of_convention(study, convention).items():
        for field in FIELDS:
            value, expected = found[name][field], entry.get(field)
            compared += value is not None or expected is not None
            if not agrees({**entry, "id": name, field: expected}, field, value):
                wrong.append(f"{name} {field}: {value}, R {expected}")
    assert not wrong, "\n".join(wrong)
    assert compared >= AT_LEAST[study]


@each_study
def test_the_conventions_differ_where_they_should(study):
    r, sas = survival(study, "r"), survival(study, "sas")
    rate, ratio = "survival/os/rate/12m", next(name for name in r if name.startswith("survival/os/cox/"))
    assert r[rate]["estimate"] == sas[rate]["estimate"]
    assert r[rate]["conf_low"] != pytest.approx(sas[rate]["conf_low"], rel=1e-3)
    assert (r[rate]["method"], sas[rate]["method"]) == ("Kaplan-Meier, log limits", "Kaplan-Meier, log-log limits")
    assert "Efron ties" in r[ratio]["method"] and "Breslow ties" in sas[ratio]["method"]
