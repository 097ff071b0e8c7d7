"""Which endpoints a study can tell: none that would count little but deaths."""

from pathlib import Path

import pytest

from cartcohort.study import ask_endpoints, load_study
from tests.builders import make_study

ALL = ("os", "pfs", "efs", "rfs", "dor")
DEAD = "subject_id,death_day,last_contact_day"


def ask(tmp_path, columns="", cells="", names=ALL):
    study = make_study(tmp_path, subjects=f"{DEAD}{columns}\nA,10,{cells}\nB,,20{cells}\n", yaml="")
    return ask_endpoints(study, names)


def test_without_response_progression_or_relapse_there_is_no_survival_free_of_them(tmp_path):
    asked = ask(tmp_path)
    assert asked.told == ("os",)
    assert asked.unrecorded == {
        "pfs": ("progression_day", "relapse_day"),
        "efs": ("progression_day", "relapse_day"),
        "rfs": ("relapse_day",),
        "dor": ("progression_day", "relapse_day"),
    }


@pytest.mark.parametrize(
    ("columns", "cells", "told"),
    [
        (",relapse_day", ",", ALL),  # empty: nobody relapsed
        (",progression_day", ",", ("os", "pfs", "efs", "dor")),
        (",best_response", ",NR", ("os",)),  # who relapsed after a response would be counted as free of it
        (",new_therapy_day", ",", ("os",)),
    ],
)
def test_one_recorded_column_is_enough(tmp_path, columns, cells, told):
    assert ask(tmp_path, columns, cells).told == told


def test_where_nothing_else_counts_from_day_0_the_endpoint_asked_for_is_told(tmp_path):
    assert ask(tmp_path, names=("pfs", "dor")).told == ("pfs", "dor")


def test_a_study_names_what_its_day_0_is(tmp_path):
    subjects = f"{DEAD}\nA,10,\n"
    assert make_study(tmp_path / "a", subjects=subjects, yaml="").day_zero == "infusion"
    assert make_study(tmp_path / "b", subjects=subjects, yaml="day_zero: transplant").day_zero == "transplant"
    assert load_study(Path(__file__).parents[3] / "data" / "bmt").day_zero == "transplant"
