"""study.yaml: what it may say, and what is told where it says something else."""

import datetime as dt

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.description import Description, read_description


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
        tables: {subjects: patients.csv}
        columns: {subjects: {subject_id: PatNo}}
        values: {subjects: {sex: {1: male, 2: female}}}
        factors: [sex, age_group]
        levels: {sex: [male, female]}
        labels: {sex: Sex at birth}
        published: published.yaml
    """
    assert read(tmp_path, text.replace("\n        ", "\n")) == Description(
        title="A study",
        source="one sentence",
        synthetic=True,
        data_cutoff_date=dt.date(2023, 2, 28),
        tables={"subjects": "patients.csv"},
        columns={"subjects": {"subject_id": "PatNo"}},
        values={"subjects": {"sex": {"1": "male", "2": "female"}}},
        factors=("sex", "age_group"),
        levels={"sex": ("male", "female")},
        labels={"sex": "Sex at birth"},
        published="published.yaml",
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "title:\nfactors:\n", "\ufefftitle: ''\n"])
def test_every_key_may_be_left_out_or_left_empty(tmp_path, text):
    assert read(tmp_path, text) == Description()


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
        "`levels` must not name a value twice.",
        "`labels` must be a mapping.",
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
        ("title: !!python/object/apply:os.getcwd []", "The file is not valid YAML.", "study.yaml: line 1"),
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
