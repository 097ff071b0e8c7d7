"""A study written as an ADaM package and read back gives the same results."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cartcohort.study import derive_endpoint, load_study, select_cohort
from cartcohort.study.adam_export import write_adam
from tests.notebooks.execute import run_notebook

DATA = Path(__file__).resolve().parents[4] / "data"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The package of each bundled study."""
    root = tmp_path_factory.mktemp("adam")
    for name in ("car1922", "bmt"):
        (root / name).mkdir()
        write_adam(load_study(DATA / name), {}, root / name)
    return root


@pytest.mark.parametrize("name", ["car1922", "bmt"])
@pytest.mark.parametrize("ending", ["xpt", "parquet"])
def test_endpoints_and_events_are_read_back_as_they_were(written, tmp_path, name, ending):
    folder = tmp_path / name
    folder.mkdir()
    for path in (written / name).glob(f"*.{ending}"):
        (folder / path.name).write_bytes(path.read_bytes())
    text = (written / name / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(text.replace(".xpt", f".{ending}"), encoding="utf-8")
    before, after = load_study(DATA / name), load_study(folder)
    for endpoint in ("os", "pfs", "efs", "rfs", "dor", "cir", "nrm"):
        one, other = (derive_endpoint(select_cohort(study), endpoint) for study in (before, after))
        assert other.time_days.tolist() == one.time_days.tolist(), endpoint
        assert other.event.tolist() == one.event.tolist(), endpoint
    for table in ("adverse_events", "assessments"):
        one, other = getattr(before, table), getattr(after, table)
        same = [column for column in one if column not in ("source_row", "infusion", "treatment")]
        pd.testing.assert_frame_equal(other[same], one[same], check_dtype=False)
    assert after.factors == before.factors


@pytest.mark.parametrize("section", ["efficacy", "survival", "risk_factors", "safety", "relapse"])
def test_a_page_has_the_same_results(written, section):
    before = run_notebook(section).results
    after = run_notebook(section, study_path=str(written / "car1922")).results
    moved = {name for name in before.keys() | after.keys() if not same(before.get(name), after.get(name))}
    # A recorded time is what it is: it has no other reading, by later treatments or from enrolment.
    others = {name for name in moved if "/handling/" in name or "enrolled" in name or "self_check" in name}
    assert moved == others
    assert not after.keys() & {name for name in moved if "/handling/" in name}
    assert len(before) > 40 and len({name for name in moved if "/handling/" not in name}) < len(before) / 10


def same(one, other):
    if one is None or other is None:
        return False
    return all(
        close(one[key], other[key]) for key in ("estimate", "conf_low", "conf_high", "p_value", "n", "n_event")
    )


def close(one, other):
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (np.isnan(one) and np.isnan(other))
