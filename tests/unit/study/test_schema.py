"""The data dictionary as data."""

from cartcohort.study.schema import ADVERSE_EVENTS, DEFAULT_FACTORS, DERIVED, RESERVED, SUBJECTS, TABLES


def test_no_name_of_a_column_is_declared_twice():
    for table in TABLES.values():
        names = [name for column in table.columns for name in column.names]
        assert len(names) == len(set(names))


def test_a_time_may_stand_as_a_date_or_as_a_day():
    by_name = SUBJECTS.by_name
    assert by_name["death_date"] is by_name["death_day"]
    assert by_name["death_day"].names == ("death_date", "death_day")


def test_only_the_first_columns_are_required():
    required = [column.name for column in SUBJECTS.columns if column.required]
    assert required == ["subject_id", "death_day", "last_contact_day"]
    assert [column.name for column in ADVERSE_EVENTS.columns if column.required] == ["subject_id", "term"]


def test_every_column_has_words_for_a_reader():
    assert all(
        column.label and column.meaning
        for table in TABLES.values()
        for column in table.columns
        if column.name != "sex"
    )


def test_allowed_values_are_described_in_words():
    by_name = SUBJECTS.by_name
    assert by_name["age_years"].allowed == "0-120"
    assert by_name["car19_dose_1e6_per_kg"].allowed == "> 0"
    assert by_name["best_response"].allowed == "CR, CRi, PR, NR, NE"
    assert by_name["death_date"].allowed == ""


def test_what_the_suite_adds_is_no_column_of_the_dictionary():
    known = set(SUBJECTS.by_name)
    assert not known & set(RESERVED)
    assert not known & {column.name for column in DERIVED}
    assert set(DEFAULT_FACTORS) <= known | {column.name for column in DERIVED}
