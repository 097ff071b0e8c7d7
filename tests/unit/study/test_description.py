"""study.yaml: what it may say, and what is told where it says something else."""

import datetime as dt
from dataclasses import replace

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.description import Description, read_description
from cartcohort.study.sources.text_form import TextForm


def read(tmp_path, text, encoding="utf-8"):
    (tmp_path / "study.yaml").write_bytes(text.encode(encoding))
    return read_description(tmp_path)


def problems_of(tmp_path, text, encoding="utf-8"):
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path, text, encoding)
    return caught.value.problems


def test_a_full_description_is_read(tmp_path):
    text = """
        title: A study
        source: one sentence
        synthetic: true
        data_cutoff_date: 2023-02-28
        day_zero: transplant
        tables: {subjects: patients.csv}
        columns: {subjects: {subject_id: PatNo}}
        values: {subjects: {sex: {1: male, 2: female}}}
        factors: [sex, age_group]
        levels: {sex: [male, female]}
        labels: {sex: Sex at birth}
        published: published.yaml
        reading: {subjects: {encoding: cp1250, separator: tab, decimal: comma}}
    """
    assert read(tmp_path, text.replace("\n        ", "\n")) == Description(
        title="A study",
        source="one sentence",
        synthetic=True,
        data_cutoff_date=dt.date(2023, 2, 28),
        day_zero="transplant",
        tables={"subjects": "patients.csv"},
        columns={"subjects": {"subject_id": "PatNo"}},
        values={"subjects": {"sex": {"1": "male", "2": "female"}}},
        factors=("sex", "age_group"),
        levels={"sex": ("male", "female")},
        labels={"sex": "Sex at birth"},
        published="published.yaml",
        reading={"subjects": TextForm(encoding="cp1250", separator="tab", decimal="comma")},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "~",
        "title:\nfactors:\n",
        "\ufefftitle: ''\n",
        "data_cutoff_date: null\nsynthetic: ~\ntables: {subjects: null}\nlabels: {sex: ''}",
        "columns: {subjects: {sex: }}",
    ],
)
def test_every_key_may_be_left_out_or_left_empty(tmp_path, text):
    description = read(tmp_path, text)
    assert not any(description.tables.values()) and not any(description.columns.values())
    assert replace(description, tables={}, columns={}) == Description()


def test_tags_mean_nothing_and_run_nothing(tmp_path):
    folder = tmp_path / "made"
    with pytest.raises(StudyDataError, match="`title` "):
        read(tmp_path, f"title: !!python/object/apply:os.mkdir [{folder}]")
    assert not folder.exists()
    text = "title: !!float x\nsource: !!int y\ndata_cutoff_date: !!timestamp 2023-02-28\nsynthetic: !!bool true"
    assert read(tmp_path, text) == Description(
        title="x", source="y", data_cutoff_date=dt.date(2023, 2, 28), synthetic=True
    )


@pytest.mark.parametrize("given", ["surgery", "[infusion]"])
def test_another_day_0_is_refused_with_the_choices(tmp_path, given):
    [problem] = problems_of(tmp_path, f"day_zero: {given}")
    assert problem.what == "`day_zero` must be one of infusion, transplant, treatment."
    assert problem.remedy == "Write `day_zero: transplant`, or leave it out."


@pytest.mark.parametrize("year", ["0001", "1899", "2201", "9999"])
def test_a_cutoff_in_another_age_is_told(tmp_path, year):
    [problem] = problems_of(tmp_path, f"data_cutoff_date: {year}-12-31")
    assert problem.what == "`data_cutoff_date` must lie between 1900 and 2200."


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("tables: {subjects: [a.csv]}", "`tables: subjects` must be one text.", "Quote it"),
        ("columns: {subject_id: PatNo}", "`columns: subject_id` must hold pairs of name and value.", "{subjects: {"),
        ("levels: {sex: male}", "`levels: sex` must be a list of texts.", "Such as [low, high]."),
        (
            "reading: {subjects: cp1250}",
            "`reading: subjects` must hold pairs of name and value.",
            "{encoding: cp1250",
        ),
        (
            "reading: {subjects: {encoding: klingon}}",
            "`reading: subjects` names no text encoding.",
            "Such as utf-8, cp",
        ),
        (
            "reading: {subjects: {encoding: base64}}",
            "`reading: subjects` names no text encoding.",
            "Such as utf-8, cp",
        ),
        (
            "reading: {subjects: {separator: ;}}",
            "`reading: subjects` has no such separator.",
            "Write one of comma, semicolon, tab, bar.",
        ),
        (
            "reading: {subjects: {decimal: .}}",
            "`reading: subjects` has no such decimal.",
            "Write one of point, comma.",
        ),
        (
            "reading: {subjects: {encodign: utf-8}}",
            "`reading: subjects` has no key `encodign`. Did you mean `encoding`?",
            "Keys are: encoding, separator, decimal.",
        ),
        ("values: {subjects: {sex: male}}", "`values: subjects: sex` must hold pairs of name and value.", "{1: male"),
    ],
)
def test_a_wrong_form_is_named_with_the_keys_that_lead_to_it(tmp_path, text, what, remedy):
    [problem] = problems_of(tmp_path, text)
    assert problem.what == what
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("title: a\ntables:\n\tsubjects: a.csv", "Write blanks, not tabs"),
        ("title: CAR-T: a study", "Put a text that holds any of"),
        ("source: @home", "Put a text that holds any of"),
        ('title: "open', "Close the quotation mark."),
        ("factors: [sex", "Close the bracket."),
        ("title: a\n---\nsource: b", "Leave out the line `---`."),
        ("  title: a\nsource: b", "Begin all keys of the first level in the first column"),
        ("title: a\ntitle: b", "Keep one of the two."),
        ("title: a\x07", "Delete the invisible control characters."),
        ("title: " + "[" * 5000, "Write `name: value`"),
    ],
)
def test_a_slip_in_the_yaml_comes_with_what_to_do(tmp_path, text, hint):
    [problem] = problems_of(tmp_path, text)
    assert problem.what == "The file is not valid YAML."
    assert problem.remedy.startswith(hint)
    assert "The parser says: " in problem.remedy and "Error" not in problem.remedy


@pytest.mark.parametrize("date", ["2023-02-28", "'2023-02-28'"])
def test_the_cutoff_may_be_a_date_or_text(tmp_path, date):
    assert read(tmp_path, f"data_cutoff_date: {date}").data_cutoff_date == dt.date(2023, 2, 28)


def test_yes_no_and_numbers_stay_what_the_author_wrote(tmp_path):
    description = read(
        tmp_path, "levels: {a: [no, yes], b: [01, 1.0]}\nvalues: {subjects: {a: {0: no, 1: yes, 9: ''}}}"
    )
    assert description.levels == {"a": ("no", "yes"), "b": ("01", "1.0")}
    assert description.values == {"subjects": {"a": {"0": "no", "1": "yes", "9": ""}}}


def test_every_wrong_key_and_form_is_told_at_once(tmp_path):
    problems = problems_of(
        tmp_path,
        "titel: x\nsynthetic: maybe\ndata_cutoff_date: 28.02.2023\ntables: {subject: a.csv}\nfactors: sex\n"
        "levels: {sex: [male, male]}\nlabels: [a]\n",
    )
    assert [problem.what for problem in problems] == [
        "There is no key `titel`. Did you mean `title`?",
        "`synthetic` must be true or false.",
        "`data_cutoff_date` must be a date.",
        "`factors` must be a list of texts.",
        "`levels: sex` must not name a value twice.",
        "`labels` must hold pairs of name and value.",
        "There is no key `subject` under `tables`. Did you mean `subjects`?",
    ]
    assert {problem.where for problem in problems} == {"study.yaml"}


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("- a\n- b", "The file must hold keys with values.", "study.yaml"),
        ("just words", "The file must hold keys with values.", "study.yaml"),
        ("title: [a\nb: : c", "The file is not valid YAML.", "study.yaml: line 2"),
        ("title: a\ntitle: b", "The file is not valid YAML.", "study.yaml: line 2"),
        ("title: !!python/object/apply:os.getcwd []", "`title` must be one text.", "study.yaml"),
        ("source: *title", "The file is not valid YAML.", "study.yaml: line 1"),
        ("? [a]\n: b", "The file is not valid YAML.", "study.yaml: line 1"),
        ("a: 1\n---\nb: 2", "The file is not valid YAML.", "study.yaml: line 2"),
        ("[" * 5000, "The file is not valid YAML.", "study.yaml"),
    ],
)
def test_what_is_no_mapping_is_told_with_its_line(tmp_path, text, what, where):
    [problem] = problems_of(tmp_path, text)
    assert (problem.what, problem.where) == (what, where)


def test_another_encoding_is_told(tmp_path):
    [problem] = problems_of(tmp_path, "title: Müller", encoding="latin-1")
    assert problem.what == "The file is not encoded in UTF-8."
