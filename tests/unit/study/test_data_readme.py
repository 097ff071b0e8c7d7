"""The data dictionary for people says what the schema says."""

import re
from pathlib import Path

import pytest
import yaml

from cartcohort.study.schema import DERIVED, SUBJECTS, TABLES, Column

README = (Path(__file__).parents[3] / "data" / "README.md").read_text(encoding="utf-8")
HEADER = "| column | type | required | allowed, unit | meaning |\n|---|---|---|---|---|\n"


def readme_row(column: Column) -> str:
    names = " / ".join(f"`{name}`" for name in column.names)
    kind = "date/day" if column.kind == "time" else column.kind
    allowed = ", ".join(part for part in (column.allowed, column.unit) if part)
    cells = [names, kind, "yes" if column.required else "", allowed, column.meaning]
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_readme_lists_exactly_the_columns_of_the_schema(table):
    section = README.split(f"\n## {table.name}: ")[1].split("\n## ")[0]
    assert HEADER + "\n".join(map(readme_row, table.columns)) + "\n" in section


def test_the_examples_of_study_yaml_use_keys_that_exist():
    from cartcohort.study.description import Description

    keys = {
        line.split(":")[0] for block in re.findall(r"```yaml\n(.*?)```", README, re.S) for line in block.split("\n")
    }
    used = {key for key in keys if re.fullmatch(r"[a-z_]+", key)}
    assert used <= set(Description.__dataclass_fields__) | {"result", "field"}
    for key in Description.__dataclass_fields__:
        assert f"| `{key}` |" in README


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
