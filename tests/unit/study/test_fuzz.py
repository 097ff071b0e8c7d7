"""Whatever the files of a study hold: a study, or an error with what is wrong; never anything else.

More examples than here can be had by the environment variable FUZZ_EXAMPLES.
"""

import csv
import io
import os

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartcohort.errors import Problem, StudyDataError
from cartcohort.study.description import Description
from cartcohort.study.doctor.rules import find_all
from cartcohort.study.doctor.summary import summarise
from cartcohort.study.load import make_study, read_study
from cartcohort.study.model import Study
from cartcohort.study.schema import TABLES
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, as_csv

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
fuzzed = settings(
    max_examples=EXAMPLES,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)

ODD_CELLS = (
    *(
        "",
        " ",
        "NA",
        ".",
        "0",
        "-0",
        "1",
        "5",
        "28",
        "152",
        "1064",
        "-14",
        "999",
        "-9",
        "99",
        "1e3",
        "1e400",
        "inf",
        "nan",
    ),
    *(
        "0x10",
        "1_000",
        "１２",
        "0.5",
        "12.5",
        "36525",
        "99999999999999999999",
        "2020-01-05",
        "2020-06-01",
        "2021-02-30",
    ),
    *(
        "1900-01-01",
        "2199-12-31",
        "0000-00-00",
        "05.01.2020",
        "1/5/20",
        "44197",
        "20200105",
        "yes",
        "no",
        "Y",
        "N",
        "male",
    ),
    *(
        "female",
        "CR",
        "cr",
        "NR",
        "PR",
        "positive",
        "disease",
        "toxicity",
        "CRS",
        "crs",
        "ICANS",
        "il6",
        "IL6",
        "mg/L",
    ),
    *(
        "P1",
        "P2",
        "p-01",
        "P 1",
        "=1+1",
        "<b>",
        "a,b",
        'a"b',
        "a\nb",
        "a\tb",
        "\u202eabc",
        "é",
        "e\u0301",
        "😀",
        "\ufeff",
        "true",
    ),
)
CELLS = st.one_of(st.sampled_from(ODD_CELLS), st.text(max_size=4))
ODD_NAMES = (
    "center",
    "note_date",
    "visit_day",
    "x",
    "Sex",
    "subject id",
    "infused",
    "age_group",
    "response",
    "",
    " ",
    "a/b",
    "=x",
)


SOUND_CELLS = {
    "subjects": {
        **{"subject_id": "P{}", "infusion_date": "2020-01-0{}", "death_date": "", "last_contact_date": "2022-12-1{}"},
        **{"enrollment_date": "2019-12-0{}", "age_years": "4{}", "sex": "male", "disease_status": "relapsed"},
        **{"prior_lines": "{}", "prior_hsct": "no", "marrow_blasts_pct": "3{}.5", "genetic_risk": "high"},
        **{"best_response": "CR", "response_date": "2020-02-0{}", "relapse_date": "", "hsct_date": "2020-05-0{}"},
        **{"death_cause": "", "tocilizumab_date": "2020-01-1{}", "center": "Bonn", "note_date": "2020-01-01"},
        **{
            "second_infusion_date": "2020-03-0{}",
            "car19_dose_1e6_per_kg": "2.{}",
            "peak_day": "1{}",
            "progression_date": "",
        },
    },
    "adverse_events": {
        **{
            "subject_id": "P{}",
            "term": "CRS",
            "grade": "2",
            "onset_date": "2020-01-1{}",
            "resolution_date": "2020-01-2{}",
        },
        **{"infusion": "1", "treatment": "tocilizumab"},
    },
    "assessments": {
        **{"subject_id": "P{}", "assessment_date": "2020-01-1{}", "assay": "il6", "value": "1{}", "unit": "pg/mL"}
    },
}
SOUND_CELLS["days"] = {
    **{"subject_id": "P{}", "death_day": "", "last_contact_day": "90{}", "age_years": "4{}", "sex": "male"},
    **{"best_response": "CR", "response_day": "2{}", "relapse_day": "", "hsct_day": "11{}", "center": "Bonn"},
}


@st.composite
def tables(draw, name):
    """A sound table of some of its columns, then cells, names and rows of it changed."""
    base = SOUND_CELLS["days" if name == "subjects" and draw(st.integers(0, 3)) == 0 else name]
    must = list(base)[:4]
    header = must + draw(st.lists(st.sampled_from(list(base)[4:] or must), unique=True))
    header = list(dict.fromkeys(header))
    lines = [[base[column].format(number) for column in header] for number in range(1, draw(st.integers(1, 9)) + 1)]
    lines += [list(line) for line in draw(st.lists(st.sampled_from(lines), max_size=3))]
    for _ in range(draw(st.integers(0, 5))):
        row = lines[draw(st.integers(0, len(lines) - 1))]
        row[draw(st.integers(0, len(row) - 1))] = draw(CELLS)
    if draw(st.integers(0, 4)) == 0:
        header[draw(st.integers(0, len(header) - 1))] = draw(st.sampled_from([*TABLES[name].by_name, *ODD_NAMES]))
    if draw(st.integers(0, 9)) == 0:
        lines.append(draw(st.lists(CELLS, max_size=9)))
    text = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    ends = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    csv.writer(text, lineterminator=ends, quoting=quoting).writerows([header, *lines])
    return text.getvalue()


NAMES = st.sampled_from([*TABLES["subjects"].by_name, *TABLES, *ODD_NAMES])
VALUES = st.recursive(
    st.one_of(
        NAMES, st.sampled_from(["2022-12-31", "true", "transplant", "subjects.csv", "../x", ""]), st.text(max_size=5)
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.sampled_from(ODD_CELLS), inner, max_size=3)
    ),
    max_leaves=6,
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "data_cutoff_date": st.just("2022-12-31"),
        "day_zero": st.sampled_from(["infusion", "transplant"]),
        "factors": st.lists(NAMES, max_size=3),
        "levels": st.dictionaries(NAMES, st.lists(st.sampled_from(ODD_CELLS), max_size=3), max_size=2),
        "known_later": st.dictionaries(NAMES, NAMES, max_size=2),
        "labels": st.dictionaries(NAMES, st.text(max_size=3), max_size=2),
        "columns": st.fixed_dictionaries({"subjects": st.dictionaries(NAMES, NAMES, max_size=2)}),
        "values": st.fixed_dictionaries(
            {"subjects": st.dictionaries(NAMES, st.dictionaries(CELLS, CELLS, max_size=3), max_size=2)}
        ),
    },
)
KEYS = st.sampled_from([*Description.__dataclass_fields__, "titel", "x"])
PLAIN = st.fixed_dictionaries({"data_cutoff_date": st.just("2022-12-31")}, optional={"factors": st.just(["sex"])})
DESCRIPTIONS = PLAIN | PLAIN | PLAIN | LIKELY | st.dictionaries(KEYS, VALUES, max_size=4)


def look_at(folder):
    """Read, examine and make the study; anything but a study or what is wrong with it is a failure."""
    try:
        reading = read_study(folder)
        for found in (*reading.problems, *find_all(reading)):
            assert isinstance(found, Problem) and found.what and found.where and found.remedy, found
        assert all(isinstance(line, str) for line in summarise(reading))
        assert isinstance(make_study(reading), Study)
    except StudyDataError as error:
        assert error.problems and all(problem.what for problem in error.problems)


def write(folder, description, **tables):
    for old in folder.glob("*"):
        old.unlink()
    (folder / "study.yaml").write_bytes(description)
    for name, content in tables.items():
        if content is not None:
            (folder / f"{name}.csv").write_bytes(content)


@fuzzed
@given(
    description=DESCRIPTIONS,
    subjects=tables("subjects"),
    adverse_events=st.none() | tables("adverse_events"),
    assessments=st.none() | tables("assessments"),
)
def test_tables_near_the_dictionary_are_a_study_or_told(tmp_path, description, subjects, adverse_events, assessments):
    texts = {"subjects": subjects, "adverse_events": adverse_events, "assessments": assessments}
    content = {name: text and text.encode(errors="surrogatepass") for name, text in texts.items()}
    write(tmp_path, yaml.dump(description, allow_unicode=True).encode(errors="surrogatepass"), **content)
    look_at(tmp_path)


SOUND = {
    name: as_csv(table).encode()
    for name, table in (("subjects", COHORT), ("adverse_events", ADVERSE_EVENTS), ("assessments", ASSESSMENTS))
}
YAML = b"data_cutoff_date: 2022-12-31\nfactors: [sex, genetic_risk]\nvalues: {subjects: {sex: {m: male}}}\n"


@st.composite
def damaged(draw, content):
    """The bytes of a sound file with a few stretches replaced."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        piece = draw(
            st.binary(max_size=6) | st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b";", b"\t", b"\xff", b"&a *a"])
        )
        content = content[:at] + piece + content[at + draw(st.integers(0, 12)) :]
    return content


@fuzzed
@given(data=st.data())
def test_damaged_files_are_a_study_or_told(tmp_path, data):
    files = {"description": YAML, **SOUND}
    for name in data.draw(st.sets(st.sampled_from(sorted(files)), min_size=1)):
        files[name] = data.draw(damaged(files[name]) | st.binary(max_size=60))
    write(tmp_path, **files)
    look_at(tmp_path)


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_file_cut_off_anywhere_is_a_study_or_told(tmp_path, name):
    for length in range(0, len(SOUND[name]), 61):
        write(tmp_path, YAML, **{**SOUND, name: SOUND[name][:length]})
        look_at(tmp_path)
