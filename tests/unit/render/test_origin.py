import shlex
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from cartcohort.render.cache import Inputs
from cartcohort.render.notebook import Section
from cartcohort.render.origin import describe_origin

DEFAULTS = {
    "study_path": "data/car1922",
    "conf_level": 0.95,
    "subset": None,
    "redact": None,
    "endpoints": ["os"],
    "conf_type": "log-log",
}
SECTION = Section("survival", "Survival", "How long?", 1, Path("/elsewhere/notebooks/survival.ipynb"), DEFAULTS)


def origin(epoch=None, **values):
    parameters = DEFAULTS | {"study_path": "own study"} | values
    versions = {"cart-reports": "0.1.0", "python": "3.11.2"}
    inputs = Inputs("n" * 64, "c" * 64, {"subjects.csv": "d" * 64}, parameters, versions, epoch)
    return describe_origin(SECTION, inputs.describe())


def test_the_command_names_study_section_and_nothing_that_is_a_default():
    assert origin().command == "python run_reports.py --study 'data/own study' --section survival"


@pytest.mark.parametrize(
    "values",
    [
        {"conf_level": 0.9},
        {"endpoints": ["os", "pfs"], "conf_type": "plain"},
        {"subset": "tumor_burden == 'high' and age_years >= 40"},
        {"subset": "centre: 甲组 # 1"},
        {"subset": "yes"},
        {"subset": "[half"},
    ],
)
def test_a_shell_and_the_command_line_read_back_the_parameters_that_differ(values):
    words = shlex.split(origin(**values).command)
    given = [after for word, after in pairwise(words) if word == "-p"]
    assert {name: yaml.safe_load(text) for name, _, text in (one.partition("=") for one in given)} == values


def test_what_is_redacted_is_told_neither_in_the_command_nor_beside_the_hashes():
    found = origin(subset="age_years > 30.25", redact=["subset", "study_path"])
    assert "30.25" not in str(found) and "own study" not in str(found)
    assert shlex.split(found.command)[2:4] == ["--study", "[redacted]"]
    assert 'subset="[redacted]"' in shlex.split(found.command)
    assert ("[redacted]/subjects.csv", "d" * 64) in found.hashes


def test_the_only_clock_is_part_of_the_command_where_there_is_one():
    assert origin("1700000000").command.startswith("SOURCE_DATE_EPOCH=1700000000 python ")


def test_everything_read_has_its_hash_and_no_folder_of_the_machine():
    assert origin().hashes == (
        ("notebooks/survival.ipynb", "n" * 64),
        ("cartcohort (all files)", "c" * 64),
        ("own study/subjects.csv", "d" * 64),
    )
    assert origin().versions == (("cart-reports", "0.1.0"), ("python", "3.11.2"))
