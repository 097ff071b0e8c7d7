"""The relapse notebook: the published figures, and R's numbers for the marrow transplants."""

import numpy as np
import pytest

from cartcohort.estimate.results import DAYS_PER_MONTH
from tests import builders
from tests.notebooks import cohorts
from tests.notebooks.execute import run_notebook
from tests.oracle import reference

DAYS = (365, 730)
COLUMNS = (
    *("subject_id", "death_day", "last_contact_day", "best_response", "response_day"),
    *("relapse_day", "relapse_cd19", "relapse_cd22", "hsct_day", "sex"),
)
KINDS = ("cir_antigen_positive", "cir_antigen_negative", "cir_antigen_unknown")


def oracle(name):
    (entry,) = [
        entry for entry in reference.entries("cuminc", "gray", "fine_gray", "cox") if entry.name == f"bmt/{name}"
    ]
    return entry.value


@pytest.fixture(scope="module")
def default():
    return run_notebook("relapse")


@pytest.fixture(scope="module")
def bmt():
    months = [days / DAYS_PER_MONTH for days in DAYS]
    return run_notebook("relapse", study_path="data/bmt", timepoints_months=months)


def pick(shown, prefix, field="estimate"):
    return [record[field] for name, record in shown.results.items() if name.startswith(prefix)]


def test_every_published_figure_agrees(default):
    results = default.results
    assert (results["relapse/total"]["n_event"], results["relapse/total"]["n"]) == (10, 35)
    assert results["relapse/antigen/double_positive"]["n_event"] == 10
    assert results["relapse/antigen/cd19_dim"]["n_event"] == 2
    published = default.text.split("Published figures")[1].split("Parameters")[0]
    assert published.count("Yes") == 5
    assert "No" not in published


def test_relapses_deaths_and_antigens_are_told_over_their_denominators(default):
    results = default.results
    counts = {name: (record["n_event"], record["n"]) for name, record in results.items()}
    assert counts["relapse/antigen/double_positive/of_responders"] == (10, 27)
    assert counts["relapse/antigen/double_positive/of_relapsed"] == (10, 10)
    assert counts["relapse/antigen/escape"] == (0, 10)
    assert counts["relapse/cir/24m"] == (10, 27)
    assert counts["relapse/survival_after_relapse/median"] == (8, 10)


def test_one_minus_kaplan_meier_exceeds_the_incidence(default):
    for name in ("cir", "nrm"):
        contrast, incidence = (
            default.results[f"relapse/{part}{name}/24m"]["estimate"] for part in ("one_minus_km/", "")
        )
        assert contrast > incidence


def test_incidences_of_the_marrow_transplants_are_those_of_r(bmt):
    curves = oracle("cuminc_overall")["curves"]
    for name, curve in zip(("cir", "nrm"), curves, strict=True):
        at = [curve["cif"][curve["time"].index(days)] for days in DAYS]
        found = [
            r["estimate"]
            for key, r in bmt.results.items()
            if key.startswith(f"relapse/{name}/") and key.count("/") == 2
        ]
        assert found == pytest.approx(at, abs=1e-8)


@pytest.mark.parametrize(("factor", "column"), [("disease", "disease_group"), ("fab", "fab_4_or_5")])
def test_grays_test_of_the_marrow_transplants_is_that_of_r(bmt, factor, column):
    values = oracle(f"gray_{factor}")
    for cause, name in enumerate(("cir", "nrm")):
        found = bmt.results[f"relapse/gray/{name}/{column}"]
        assert found["statistic"] == pytest.approx(values["chisq"][cause], abs=1e-8)
        assert found["p_value"] == pytest.approx(values["p"][cause], abs=1e-8)


def test_both_models_of_the_marrow_transplants_are_those_of_r(bmt):
    fine_gray, cox = oracle("crr_disease_cause1"), oracle("cox_cause_specific_disease_cause1")
    assert np.log(pick(bmt, "relapse/fine_gray/cir/disease_group/")) == pytest.approx(fine_gray["coef"], abs=1e-6)
    assert np.log(pick(bmt, "relapse/cause_specific/cir/disease_group/")) == pytest.approx(cox["coef"], abs=1e-6)
    competing = oracle("cox_cause_specific_disease_cause2")["coef"]
    assert np.log(pick(bmt, "relapse/cause_specific/nrm/disease_group/")) == pytest.approx(competing, abs=1e-6)


def test_a_study_without_antigens_and_markers_says_so_and_shows_the_rest(bmt):
    assert "Not shown: the study lacks the column relapse_cd19" in bmt.text
    assert "Not shown: the study has no measurements of MRD" in bmt.text
    assert bmt.results["relapse/antigen/escape"]["estimate"] is None


def test_a_study_that_does_not_document_relapse_is_not_said_to_have_none(tmp_path):
    shown = run_notebook("relapse", study_path=str(cohorts.write_minimal(tmp_path / "study")))
    assert shown.results["relapse/total"]["estimate"] is None
    assert "relapse/cir/24m" not in shown.results
    assert "relapse_day" in shown.text


def test_a_study_in_which_nobody_relapsed_says_so(tmp_path):
    shown = run_notebook("relapse", study_path=str(cohorts.write_all_alive(tmp_path / "study")))
    assert shown.results["relapse/total"]["n_event"] == 0
    assert shown.results["relapse/cir/6m"]["estimate"] == 0
    assert "No patient relapsed (0 of 12, 0.0%; 95% CI, 0.0% to 26.5%)." in shown.text


def test_a_transplant_that_competes_leaves_relapses_after_it_out():
    ignored, competing = (run_notebook("relapse", hsct_handling=how).results for how in ("ignore", "competing"))
    assert competing["relapse/cir/24m"]["n_event"] < ignored["relapse/cir/24m"]["n_event"]
    assert competing["relapse/handling/ignore/cir/24m"] == ignored["relapse/handling/ignore/cir/24m"]


def run_on(folder, *rows, **parameters):
    """The notebook on responders of alternating sex: rows as `death,last contact,relapse,CD19,CD22,transplant`."""
    lines = []
    for n, row in enumerate(rows):
        death, last, relapse, cd19, cd22, hsct = row.split(",")
        sex = "male" if n % 2 else "female"
        lines.append(f"P{n},{death},{last},CR,28,{relapse},{cd19},{cd22},{hsct},{sex}")
    study = builders.write_study(
        folder / "study", subjects="\n".join([",".join(COLUMNS), *lines]), yaml="factors: [sex]"
    )
    return run_notebook("relapse", study_path=str(study), **parameters)


def incidences(shown, months):
    return [shown.results[f"relapse/{name}/{months}m"]["estimate"] for name in KINDS]


FOLLOWED = ",900,,,,"


def test_the_kinds_of_relapse_of_the_default_study_add_up_to_relapse(default):
    for months in (6, 12, 24):
        assert sum(incidences(default, months)) == pytest.approx(
            default.results[f"relapse/cir/{months}m"]["estimate"]
        )
    assert "None was antigen-negative; the upper limit says" in default.text
    assert "relapse/gray/cir_antigen_positive/sex" not in default.results


def test_the_marrow_transplants_have_no_antigens_and_no_incidence_by_them(bmt):
    assert not [name for name in bmt.results if "cir_antigen" in name]


def test_a_relapse_on_the_day_of_death_is_one_of_its_antigens(tmp_path):
    ties = [f"200,,200,{cd19},positive," for cd19 in ("positive", "negative", "unknown")]
    shown = run_on(tmp_path, *ties, "200,,,,,", FOLLOWED)
    assert incidences(shown, 12) == pytest.approx([0.2, 0.2, 0.2])
    assert shown.results["relapse/nrm/12m"]["estimate"] == pytest.approx(0.2)
    assert "1 relapse of unknown antigen status" in shown.text


def test_everybody_relapsed(tmp_path):
    shown = run_on(tmp_path, *[f",900,{60 + 40 * n},{'dim' if n % 3 else 'negative'},dim," for n in range(8)])
    assert incidences(shown, 24) == pytest.approx([5 / 8, 3 / 8, 0])
    assert shown.results["relapse/cir/24m"]["conf_low"] == pytest.approx(0.025 ** (1 / 8))
    assert shown.results["relapse/gray/cir_antigen_negative/sex"]["p_value"] is not None
    assert "Antigen-positive and antigen-negative relapse by factor" in shown.text


def test_one_responder(tmp_path):
    shown = run_on(tmp_path, FOLLOWED)
    assert shown.results["relapse/cir_antigen_negative/6m"]["conf_high"] == pytest.approx(0.975)
    assert "No relapse is recorded, so nothing can be said of the antigens at relapse." in shown.text


def test_antigens_that_nobody_knows(tmp_path):
    shown = run_on(tmp_path, *[f",900,{60 + 40 * n},unknown,," for n in range(4)], FOLLOWED, FOLLOWED)
    assert incidences(shown, 12) == [None, None, None]
    assert shown.results["relapse/cir/12m"]["estimate"] == pytest.approx(4 / 6)
    assert shown.text.count("the antigens of no relapse are known") == 1


def test_a_transplant_taken_as_an_event_is_said_to_break_the_sum(tmp_path):
    rows = [",900,100,dim,dim,", ",900,200,negative,dim,", ",900,,,,50", FOLLOWED]
    # The notes of a table stand in its HTML.
    for how, words in (("ignore", "add up to the incidence of relapse."), ("event", "they do not add up")):
        shown = run_on(tmp_path / how, *rows, hsct_handling=how)
        html = " ".join(bundle.get("text/html", "") for bundle in shown.bundles)
        assert words in html
        total = sum(incidences(shown, 12)) - shown.results["relapse/cir/12m"]["estimate"]
        assert (total == pytest.approx(0)) == (how == "ignore")
