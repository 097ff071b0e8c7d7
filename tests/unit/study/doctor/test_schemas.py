"""pandera's view of the data dictionary agrees with the suite's own."""

import warnings

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.study.doctor import schema_of
from cartcohort.study.doctor.schemas import look_again
from cartcohort.study.load import read_study
from cartcohort.study.schema import ADVERSE_EVENTS, ASSESSMENTS, SUBJECTS, Column
from cartcohort.study.text_table import TextTable, tidy_cells
from cartcohort.study.typed_table import read_typed_table
from tests.builders import ADVERSE_EVENTS as EVENTS
from tests.builders import ASSESSMENTS as MEASUREMENTS
from tests.builders import COHORT, as_csv, write_study

DATES = (["2020-01-05", "1900-01-01", "2200-12-31"], ["05.01.2020", "2021-02-30", "1899-12-31", "2201-01-01", "soon"])
DAYS = (["0", "-14", "36525"], ["36526", "-36526", "1.5", "soon"])


def cells_of(name: str, column: Column) -> tuple[list[str], list[str]]:
    """Cells that a column takes, and cells that it refuses."""
    if column.levels:
        return list(column.levels), ["maybe", column.levels[0].upper() + "x"]
    if column.kind == "text":
        return ["a", "b;c"], []
    if name.endswith("_date"):
        return DATES
    if column.kind == "time":
        return DAYS
    low, high = column.minimum, column.maximum
    start = 1 if low is None or low <= 1 else int(low)
    good = [str(start), str(start + 1)] if column.kind == "whole number" else [str(start), str(start + 1.5)]
    outside = [] if high is None else [str(high + 1)]
    outside += [] if low is None else [str(low if column.above_minimum else low - 1)]
    return good, [*outside, "ten", *(["1.5"] if column.kind == "whole number" else [])]


def names_of(table) -> list[str]:
    """Each column once, times in turn as a date and as a day."""
    return [column.names[number % len(column.names)] for number, column in enumerate(table.columns)]


@st.composite
def tables(draw, table):
    """A text table of four rows, and the columns with a cell that breaks the dictionary."""
    frame, broken = {}, set()
    for name in names_of(table):
        column = table.by_name[name]
        good, bad = cells_of(name, column)
        if name == "subject_id":
            frame[name] = ["A", "B", "C", "D"]
            continue
        must = column.required and table is not SUBJECTS
        if not must and name not in ("death_date", "death_day", "last_contact_date", "last_contact_day"):
            good = [*good, None]
        frame[name] = draw(st.lists(st.sampled_from(good), min_size=4, max_size=4))
        if bad and draw(st.integers(0, 5)) == 0:
            frame[name][draw(st.integers(0, 3))] = draw(st.sampled_from(bad))
            broken.add(name)
    return pd.DataFrame(frame, dtype=object), broken


def refused_by_us(frame: pd.DataFrame, table) -> set[str]:
    cells = pd.DataFrame({name: tidy_cells(frame[name].fillna("").astype("category"), {}) for name in frame})
    problems = []
    read_typed_table(TextTable("t.csv", cells, np.arange(len(frame)) + 2), table, {}, problems)
    return {name for problem in problems for name in problem.where.columns}


def refused_by_pandera(frame: pd.DataFrame, table, *, coerce: bool = True) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pa.errors.SchemaWarning)
        try:
            schema_of(table.name, coerce=coerce).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            return set(error.failure_cases["column"])
    return set()


@pytest.mark.parametrize("table", [SUBJECTS, ADVERSE_EVENTS, ASSESSMENTS], ids=lambda table: table.name)
@settings(max_examples=8, derandomize=True, deadline=None)
@given(data=st.data())
def test_both_refuse_exactly_the_columns_with_a_seeded_breach(table, data):
    frame, broken = data.draw(tables(table))
    assert refused_by_us(frame, table) == broken
    assert refused_by_pandera(frame, table) == broken


@pytest.mark.parametrize("table", [SUBJECTS, ADVERSE_EVENTS, ASSESSMENTS], ids=lambda table: table.name)
def test_every_kind_of_breach_is_refused_by_both(table):
    cells = {name: cells_of(name, table.by_name[name]) for name in names_of(table)}
    for number in range(max(len(bad) for _, bad in cells.values())):
        chosen = {name: bad[number] if number < len(bad) else good[0] for name, (good, bad) in cells.items()}
        broken = {name for name, (_, bad) in cells.items() if number < len(bad)}
        frame = pd.DataFrame({name: [cell] for name, cell in chosen.items()})
        assert refused_by_us(frame, table) == broken
        assert refused_by_pandera(frame, table) == broken


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"subject_id": ["A", "A"]}, "field_uniqueness"),
        ({"subject_id": ["A", None]}, "not_nullable"),
        ({"death_day": [9, None], "last_contact_day": [None, None]}, "death or last contact is known"),
        ({"death_date": [None, None]}, "one form of death_day"),
    ],
)
def test_what_concerns_a_whole_column_or_two_is_in_the_schema(change, check):
    frame = pd.DataFrame({"subject_id": ["A", "B"], "death_day": [9, None], "last_contact_day": [None, 8]} | change)
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema_of("subjects").validate(frame, lazy=True)
    assert check in set(caught.value.failure_cases["check"])


def test_a_required_column_that_is_not_there_is_a_breach():
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema_of("subjects").validate(pd.DataFrame({"death_day": [9]}), lazy=True)
    found = caught.value.failure_cases
    assert "column_in_dataframe" in set(found["check"])
    assert "last_contact_date or last_contact_day is there" in set(found["check"])


def test_what_is_allowed_but_not_plausible_is_a_warning():
    frame = pd.DataFrame({"subject_id": ["A"], "death_day": [9], "last_contact_day": [None], "age_years": [110]})
    with pytest.warns(pa.errors.SchemaWarning, match="age_years is above 100 years"):
        schema_of("subjects").validate(frame, lazy=True)


def test_a_frame_of_ones_own_gets_the_types_of_the_suite(tmp_path):
    (tmp_path / "subjects.csv").write_text(as_csv(COHORT))
    frame = schema_of("subjects").validate(pd.read_csv(tmp_path / "subjects.csv"), lazy=True)
    assert frame["infusion_date"].dtype == "datetime64[ns]"
    assert frame["age_years"].dtype == "float64"
    assert frame["subject_id"].dtype == "string"


def test_the_second_look_agrees_with_the_first_on_a_sound_study(tmp_path):
    reading = read_study(write_study(tmp_path, subjects=COHORT, adverse_events=EVENTS, assessments=MEASUREMENTS))
    assert reading.problems == () and look_again(reading) == ()


def test_a_breach_that_the_first_look_missed_is_told_with_its_row(tmp_path):
    reading = read_study(write_study(tmp_path, subjects=COHORT, adverse_events=EVENTS))
    reading.typed["adverse_events"].columns["grade"][1] = 6
    [problem] = look_again(reading)
    assert problem.what == (
        "A second look at the table finds a breach of `less_than_or_equal_to(5)`, which the first did not."
    )
    assert problem.where == "adverse_events.csv: row 3, column grade"
