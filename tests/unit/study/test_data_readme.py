"""The data dictionary for people says what the schema says."""

import re
from pathlib import Path

import pytest
import yaml

from cartcohort.study.description import Description, check_description, parse_yaml
from cartcohort.study.dictionary import KEYS, describe_keys, describe_table
from cartcohort.study.schema import DERIVED, SUBJECTS, TABLES

README = (Path(__file__).parents[3] / "data" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_readme_lists_exactly_the_columns_of_the_schema(table):
    section = README.split(f"\n## {table.name}: ")[1].split("\n## ")[0]
    assert describe_table(table) in section


def test_the_readme_and_a_new_study_explain_every_key_of_study_yaml():
    assert [key.name for key in KEYS] == [*Description.__dataclass_fields__]
    assert f"\n{describe_keys()}\n" in README


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_example_of_each_key_is_one(key):
    described = check_description(parse_yaml(key.example, "study.yaml"))
    assert getattr(described, key.name) != getattr(Description(), key.name)


def test_the_examples_of_study_yaml_use_keys_that_exist():
    keys = {
        line.split(":")[0] for block in re.findall(r"```yaml\n(.*?)```", README, re.S) for line in block.split("\n")
    }
    used = {key for key in keys if re.fullmatch(r"[a-z_]+", key)}
    assert used <= set(Description.__dataclass_fields__) | {"result", "field"}


def test_the_readme_names_exactly_the_columns_that_are_no_factors_because_they_are_known_later():
    sentence = README.split("No factor can be what is known only after infusion: ")[1].split(". Whoever")[0]
    late = {c.name for c in (*SUBJECTS.columns, *DERIVED) if c.after_infusion and c.kind in ("category", "yes/no")}
    assert set(re.findall(r"`(\w+)`", sentence)) == late


def test_the_five_minute_study_loads(tmp_path):
    from cartcohort.study import load_study

    table = re.search(r"```\n(\s+subject_id,infusion_date.*?)```", README, re.S)[1]
    description = re.search(r"```yaml\n(\s+title: My study.*?)```", README, re.S)[1]
    (tmp_path / "subjects.csv").write_text(re.sub(r"^ +", "", table, flags=re.M))
    (tmp_path / "study.yaml").write_text(re.sub(r"^ +", "", description, flags=re.M))
    assert yaml.safe_load((tmp_path / "study.yaml").read_text())["title"] == "My study"
    assert len(load_study(tmp_path).subjects) == 2
