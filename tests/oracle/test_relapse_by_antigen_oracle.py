"""Relapse by antigen status against R: marrow transplants with antigens made up by a patient's place in the table.

Neither bundled study has a relapse without its antigens, so `r/antigens.R` gives the patients who relapsed some.
"""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from cartcohort.estimate.sections import relapse_by_antigen
from cartcohort.study import derive_endpoints, load_study, select_cohort
from tests.oracle.report import DATA
from tests.oracle.test_report_against_r import FIELDS, agrees

EXPECTED = json.loads((Path(__file__).parent / "r" / "antigens.json").read_text(encoding="utf-8"))["results"]
STATES = {
    "relapse_cd19": ("positive", "negative", "dim", "positive", "unknown"),
    "relapse_cd22": ("positive", "dim", "negative", "positive", "positive", "negative", "unknown"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("antigens")
    subjects = pd.read_csv(DATA / "bmt" / "subjects.csv", dtype=str)
    for column, states in STATES.items():
        by_place = pd.Series([states[place % len(states)] for place in range(len(subjects))])
        subjects[column] = by_place.where(subjects["relapse_day"].notna())
    subjects.to_csv(folder / "subjects.csv", index=False)
    shutil.copy(DATA / "bmt" / "study.yaml", folder)
    cohort = select_cohort(load_study(folder))
    return relapse_by_antigen.summarise_by_antigen(
        derive_endpoints(cohort, relapse_by_antigen.ENDPOINTS),
        cohort.factors,
        labels=cohort.labels,
        timepoints_months=[6, 12, 24],
        conf_level=0.95,
        ties="efron",
        past_follow_up="not_estimable",
    ).under("relapse")


def test_there_is_a_relapse_of_every_kind(found):
    counts = [found[f"relapse/{name}/24m"].n_event for name in relapse_by_antigen.ENDPOINTS]
    assert min(counts) >= 5 and sum(counts) == 42


def test_every_result_is_that_of_r(found):
    records = {record["id"]: record for record in found.to_records()}
    assert records.keys() == {entry["id"] for entry in EXPECTED}
    wrong = []
    for entry in EXPECTED:
        for field in FIELDS:
            value = records[entry["id"]][field]
            if not agrees({**entry, field: entry.get(field)}, field, value):
                wrong.append(f"{entry['id']} {field}: {value}, R {entry.get(field)} ({entry['how']})")
    assert not wrong, "\n".join(wrong)
    assert len(records) == 183
