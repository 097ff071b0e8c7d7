"""Endpoints of a study's own on the pages of the sections that take endpoints."""

import pytest

from tests.builders import COHORT, CUTOFF, write_study
from tests.notebooks.execute import run_notebook

YAML = f"""
data_cutoff_date: {CUTOFF}
factors: [genetic_risk, sex]
endpoints:
  ttnt: {{label: Time to next therapy, events: [hsct, progression, death]}}
  ttr: {{label: Time to response, events: response, competing: death, origin: infusion}}
  docr: {{label: Duration of remission, origin: response, events: [relapse, death], censors: hsct, patients: response}}
"""
OWN = ["ttnt", "ttr", "docr"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return str(write_study(tmp_path_factory.mktemp("own"), subjects=COHORT, adverse_events=None, yaml=YAML))


def test_the_survival_page_tells_them_beside_the_suites(study):
    shown = run_notebook("survival", study_path=study)
    asked = [name.split("/")[1] for name in shown.results if name.endswith("/median") and name.count("/") == 2]
    assert asked == ["os", "pfs", "efs", "rfs", "dor", *OWN]
    assert shown.results["survival/ttnt/median"]["label"] == "TTNT: median"
    counts = [(record["n_event"], record["n"]) for record in (shown.results[f"survival/{n}/median"] for n in OWN)]
    assert counts == [(5, 5), (3, 5), (1, 3)]
    checked, agreeing = (shown.results[f"survival/self_check/{part}"]["estimate"] for part in ("checked", "agreeing"))
    assert checked == agreeing > 100
    for said in (
        "Time to next therapy (TTNT) counts from first infusion to transplant, progression, or death, whichever comes "
        "first.",
        "Time to response (TTR) counts from first infusion to response; death competes with it.",
        "Duration of remission (DOCR) counts from first response to relapse or death, whichever comes first; follow-up "
        "ends at transplant; at risk are patients with response.",
    ):
        assert said in shown.text
    pages = "".join(bundle.get("text/html", "") for bundle in shown.bundles)
    assert "TTNT, time to next therapy." in pages


@pytest.mark.parametrize(
    ("endpoints", "words"), [(["ttnt"], "time to next therapy"), (["docr", "ttr"], "time to response")]
)
def test_asked_for_alone_no_section_needs_any_other(study, endpoints, words):
    survival = run_notebook("survival", study_path=study, endpoints=endpoints)
    assert {name.split("/")[1] for name in survival.results if name.endswith("/followup/median")} == {*endpoints}
    assert survival.results["survival/self_check/agreeing"]["estimate"] > 20
    risk = run_notebook("risk_factors", study_path=study, endpoints=endpoints)
    assert {n.split("/")[1] for n in risk.results if "/cox/genetic_risk" in n} - {"self_check"} == {*endpoints}
    assert words in risk.text
