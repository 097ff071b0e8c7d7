"""Tables of text: every common encoding and separator, and files that are no table."""

import subprocess
import sys

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import load_study
from cartcohort.study.sources.read import read_table
from tests.builders import CUTOFF, MINIMAL, make_study, write_study
from tests.formats import CAR1922

NO_TEXT = "The file is no text, or is encoded in UTF-16 without a mark."
HEADER = "subject_id{0}death_day{0}last_contact_day{0}age_years{0}clinic\n"


def only_problem(tmp_path, **files):
    with pytest.raises(StudyDataError) as caught:
        make_study(tmp_path, **files)
    [problem] = caught.value.problems
    return problem.what, problem.where


def test_two_unnamed_columns_are_passed_over(tmp_path):
    subjects = "subject_id,death_day,,last_contact_day,,(unnamed 3)\nA,1,x,,y,z\n"
    assert "(unnamed 3)" in make_study(tmp_path, subjects=subjects, yaml="").subjects


@pytest.mark.parametrize(
    ("tables", "what", "where"),
    [
        ("subjects: nowhere.csv", "There is no such table file.", "nowhere.csv"),
        ("adverse_events: nowhere.csv", "There is no such table file.", "nowhere.csv"),
        ("subjects: .", "The table is a folder, not a file.", "."),
        ("subjects: study.yaml", "A table cannot be read from a file ending in `.yaml`.", "study.yaml"),
        ("subjects: table", "A table cannot be read from a file whose name has no ending.", "table"),
        (f"subjects: {300 * 'a'}.csv", "The file cannot be read.", f"{300 * 'a'}.csv"),
        ("subjects: ../subjects.csv", "The file lies outside the study's folder.", "../subjects.csv"),
        ("subjects: /subjects.csv", "The file lies outside the study's folder.", "/subjects.csv"),
        ("subjects: .private/subjects.csv", "The file is hidden.", ".private/subjects.csv"),
        ('subjects: "a\\0.csv"', "The name of a file holds a control character.", "study.yaml"),
    ],
)
def test_a_table_file_that_cannot_be_read_is_told(tmp_path, tables, what, where):
    yaml = f"data_cutoff_date: {CUTOFF}\ntables: {{{tables}}}"
    (tmp_path / "table").write_text("a")
    assert only_problem(tmp_path, subjects=MINIMAL, yaml=yaml) == (what, where)


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"", "The file has no header.", "subjects.csv"),
        (b"\n\n", "The file has no header.", "subjects.csv"),
        (b"subject_id,death_day,last_contact_day\n", "The table holds no patient.", "subjects.csv"),
        (
            b"subject_id,death_day,death_day\nA,1,\n",
            "Two columns have the same name.",
            "subjects.csv: column death_day",
        ),
        (
            b"subject_id,death_day,last_contact_day\nA,1,,\nB,1,\nC,1,,9\n",
            "A row has more cells than the header.",
            "subjects.csv: rows 2 and 4",
        ),
        (
            b"subject_id,death_day,last_contact_day\nA,1,\nB,1,,9\n",
            "A row has more cells than the header.",
            "subjects.csv: row 3",
        ),
        (
            b'subject_id,death_day,last_contact_day\nA,1,\nA,"1,\nB,1,\n',
            "The file cannot be read as a table.",
            "subjects.csv: row 3",
        ),
        (
            b'subject_id,death_day,last_contact_day\nA,1,\nA,"1,' + 60_000 * b"1,2\n",
            "The file cannot be read as a table.",
            "subjects.csv: row 3",
        ),
        ("subject_id,death_day,last_contact_day\nA,1,\n".encode("utf-16-le"), NO_TEXT, "subjects.csv"),
        (b"subject_id,death_day,last_contact_day\nA\0,1,\n", NO_TEXT, "subjects.csv"),
        ("subject_id,death_day,last_contact_day\nÄ,1,\n".encode("cp1252") + b"\0", NO_TEXT, "subjects.csv"),
        ("subject_id,death_day,last_contact_day\nA\0,1,\n".encode("utf-16"), NO_TEXT, "subjects.csv"),
        (b"PK\x03\x04" + bytes(100), "The file is a workbook of Excel, not what its name says.", "subjects.csv"),
        (b"\x89PNG\r\n" + bytes(100), "The file is a picture, not what its name says.", "subjects.csv"),
        (
            "subject_id,death_day,last_contact_day\nÄ,1,\nÖ,1,\n".encode() + b"\xc4,1,\nA,1,\n\xff,1,\n",
            "The file is not wholly encoded in UTF-8.",
            "subjects.csv: rows 4 and 6",
        ),
        (
            b"subject_id,death_day,last_contact_day\na\x81b\x8dc\x9dd,1,\n",
            "The encoding of the file cannot be told.",
            "subjects.csv",
        ),
        (
            b"\xff\xfe" + "subject_id,death_day,last_contact_day\nA,1,\n".encode("utf-16-le")[:-1],
            "The file is not wholly encoded in UTF-16.",
            "subjects.csv",
        ),
        (b'"subject_id,' + 200_000 * b"x", "The file cannot be read as a table.", "subjects.csv"),
        (
            b"A-01,152,\nA-02,,1064\n",
            "The first row holds none of the columns that must be there: `subject_id`, `death_date` or `death_day`, "
            "`last_contact_date` or `last_contact_day`.",
            "subjects.csv",
        ),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path, content, what, where):
    folder = write_study(tmp_path, yaml="")
    (folder / "subjects.csv").write_bytes(content)
    with pytest.raises(StudyDataError) as caught:
        load_study(folder)
    assert [(problem.what, problem.where) for problem in caught.value.problems] == [(what, where)]


def read(folder, content: bytes, yaml: str = ""):
    write_study(folder, yaml=yaml)
    (folder / "subjects.csv").write_bytes(content)
    return load_study(folder)


def problems_of(folder, content: bytes, yaml: str = ""):
    with pytest.raises(StudyDataError) as caught:
        read(folder, content, yaml)
    return [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("encoding", "clinics", "said"),
    [
        ("cp1252", ["Köln", "Hôpital Saint-Louis", "Málaga – Señor"], "Windows-1252 (Western European)"),
        ("cp1250", ["Łódź", "Plzeň", "Győr"], "Windows-1250 (Central European)"),
        ("cp1251", ["Москва", "Санкт-Петербург", "Київ"], "Windows-1251 (Cyrillic)"),
        ("koi8_r", ["Москва", "Казань", "Самара"], "KOI8-R (Cyrillic)"),
        ("cp1253", ["Αθήνα", "Θεσσαλονίκη", "Πάτρα"], "Windows-1253 (Greek)"),
        ("cp1254", ["İstanbul", "Beyoğlu", "Eskişehir"], "Windows-1254 (Turkish)"),
        ("mac_roman", ["Köln", "Düsseldorf", "Orléans"], "Mac Roman"),
        ("cp850", ["Köln", "Düsseldorf", "Gießen"], "DOS 850 (Western European)"),
        ("cp932", ["東京大学", "あおもり", "北海道"], "Shift-JIS"),
        ("gb18030", ["北京大学人民医院", "上海", "河北燕达陆道培医院"], "GB18030"),
        ("big5", ["台北榮總", "高雄", "臺中"], "Big5"),
        ("cp949", ["서울대학교병원", "부산", "대구"], "EUC-KR"),
        ("utf-16", ["Köln", "東京", "Łódź"], "UTF-16"),
    ],
)
def test_the_encoding_is_told_from_the_letters_and_said(tmp_path, encoding, clinics, said):
    rows = "".join(f"P{row},{row + 1},,40,{clinics[row % 3]}\n" for row in range(9))
    study = read(tmp_path, (HEADER.format(",") + rows).encode(encoding))
    assert study.subjects["clinic"].tolist()[:3] == clinics
    assert study.readings == (f"subjects.csv: {said}",)


@pytest.mark.parametrize(
    ("mark", "words"), [(";", "semicolons between cells"), ("\t", "tabs between cells"), ("|", "bars between cells")]
)
def test_the_separator_is_told_from_the_header_and_said(tmp_path, mark, words):
    content = HEADER.format(mark) + f'A{mark}5{mark}{mark}40{mark}"Hill, {mark} West"\n'
    study = read(tmp_path, content.encode())
    assert study.subjects["clinic"].tolist() == [f"Hill, {mark} West"]
    assert study.readings == (f"subjects.csv: {words}",)


def test_utf8_with_commas_is_not_said(tmp_path):
    assert read(tmp_path, ("\ufeff" + HEADER.format(",") + "A,5,,40,Köln; West\n").encode()).readings == ()


def test_decimal_commas_of_numbers_become_points_and_nothing_else_does(tmp_path):
    rows = "A;5;;40,5;Hill, West\nB;7;;38;9,22\nC;;8;61,25;t(9;22)\n".replace("t(9;22)", '"t(9;22)"')
    study = read(tmp_path, (HEADER.format(";") + rows).encode())
    assert study.subjects["age_years"].tolist() == [40.5, 38.0, 61.25]
    assert study.subjects["clinic"].tolist() == ["Hill, West", "9,22", "t(9;22)"]
    assert study.readings == ("subjects.csv: semicolons between cells, decimal commas",)


def test_a_comma_before_three_digits_is_a_decimal_one_where_another_number_shows_it(tmp_path):
    header = "subject_id;death_day;last_contact_day;age_years;dose\n"
    study = read(tmp_path, (header + "A;5;;40,5;1,234\nB;5;;41;2,500\n").encode())
    assert study.subjects["dose"].tolist() == [1.234, 2.5]


def test_a_comma_that_could_stand_for_thousands_is_told(tmp_path):
    header = "subject_id;death_day;last_contact_day;cells;dose\n"
    content = (header + "A;5;;1,234;2,500\nB;5;;900;10\n").encode()
    assert problems_of(tmp_path, content) == [
        (
            "A comma before three digits may be a decimal comma, or stand for thousands.",
            "subjects.csv: columns cells and dose",
            "Leave out a mark for thousands; if it is a decimal comma, say so in study.yaml by the table's name, as "
            "`reading: {subjects: {decimal: comma}}`.",
        )
    ]
    assert read(tmp_path, content, "reading: {subjects: {decimal: comma}}").subjects["cells"].tolist() == [1.234, 900]
    study = read(tmp_path, content, "reading: {subjects: {decimal: point}}")
    assert study.subjects["cells"].tolist() == ["1,234", "900"]


def test_where_other_numbers_have_points_a_comma_is_none_of_a_number(tmp_path):
    header = "subject_id;death_day;last_contact_day;age_years;dose\n"
    study = read(tmp_path, (header + "A;5;;40.5;1,234\nB;5;;41;2,500\n").encode())
    assert (study.subjects["dose"].tolist(), study.readings) == (
        ["1,234", "2,500"],
        ("subjects.csv: semicolons between cells",),
    )


def test_numbers_with_both_marks_say_what_each_of_them_is(tmp_path):
    content = (HEADER.format(";") + "A;5;;38,5;1.234,5\nB;5;;12,5;950\nC;5;;7,25;12.500\nD;5;;7;2,5\n").encode()
    study = read(tmp_path, content)
    assert study.subjects.iloc[:, list(study.subjects).index(HEADER.format(";").strip().split(";")[4])].tolist() == [
        1234.5,
        950,
        12500,
        2.5,
    ]


@pytest.mark.parametrize("cells", [("1.5", "2,5"), ("1,234.5", "2,5")])
def test_decimals_written_in_two_ways_are_told(tmp_path, cells):
    content = (HEADER.format(";") + "".join(f"{cell};5;;{cell};x\n" for cell in cells)).encode()
    assert problems_of(tmp_path, content) == [
        (
            "A column holds numbers with a comma and numbers with a point.",
            "subjects.csv: columns subject_id and age_years",
            "Write all of them in one way, without a mark for thousands.",
        )
    ]


@pytest.mark.parametrize("given", ["", "reading: {subjects: {decimal: comma}}"])
def test_a_point_that_could_stand_for_thousands_beside_decimal_commas_is_told(tmp_path, given):
    content = (HEADER.format(";") + "A;5;;38,5;1.234\nB;5;;12,5;950\nC;5;;7,25;12.500\n").encode()
    assert problems_of(tmp_path, content, given) == [
        (
            "A point before three digits stands for thousands where decimals have a comma, or is a decimal point.",
            f"subjects.csv: column {HEADER.format(';').strip().split(';')[4]}",
            "Write such numbers without a mark for thousands, and with a comma if they have decimals.",
        )
    ]


def test_the_description_tells_the_encoding_the_separator_and_the_decimals_where_they_are_told_wrongly(tmp_path):
    content = "subject_id|death_day|last_contact_day|a;b;c;d;e\nGdańsk|5||1,5\n".encode("cp1250")
    given = "reading: {subjects: {encoding: windows-1250, separator: bar, decimal: comma}}"
    study = read(tmp_path, content, given)
    assert study.subjects["subject_id"].tolist() == ["Gdańsk"]
    assert study.subjects["a;b;c;d;e"].tolist() == [1.5]
    assert study.readings == ("subjects.csv: Windows-1250 (Central European), bars between cells, decimal commas",)


def test_bytes_that_are_none_of_the_named_encoding_are_told(tmp_path):
    content = HEADER.format(",").encode() + b"A,5,,40,x\nB,5,,40,\x81\n"
    assert problems_of(tmp_path, content, "reading: {subjects: {encoding: cp1252}}") == [
        (
            "The file is not wholly encoded in Windows-1252 (Western European).",
            "subjects.csv: row 3",
            "Save it as UTF-8 (in Excel: CSV UTF-8), or name its encoding under `reading` in study.yaml.",
        )
    ]


@pytest.mark.parametrize(
    ("given", "content", "what", "where"),
    [
        ("utf-16", b"subject_id,death_day\n", "The file is not wholly encoded in UTF-16.", "subjects.csv"),
        (
            "utf-8",
            b"subject_id,death_day\n\xe4,1\n",
            "The file is not wholly encoded in UTF-8.",
            "subjects.csv: row 2",
        ),
        ("cp1252", b"subject_id,death_day\nA\0,1\n", NO_TEXT, "subjects.csv"),
    ],
)
def test_a_named_encoding_that_the_file_does_not_have_is_told(tmp_path, given, content, what, where):
    [problem] = problems_of(tmp_path, content, f"reading: {{subjects: {{encoding: {given}}}}}")
    assert problem[:2] == (what, where)


def test_surplus_cells_are_told_with_the_mark_that_separates(tmp_path):
    content = HEADER.format(";") + "A;5;;40;x\nB;5;;40;x;y\n"
    assert problems_of(tmp_path, content.encode()) == [
        (
            "A row has more cells than the header.",
            "subjects.csv: row 3",
            "Quote cells that hold a semicolon, or delete the surplus cells.",
        )
    ]


def test_a_late_letter_outside_of_ascii_counts_as_an_early_one(tmp_path):
    rows = "".join(f"P{row},{row % 900},,40,West\n" for row in range(60_000))
    content = (HEADER.format(",") + rows + "Q,5,,40,Köln\n").encode("cp1252")
    (tmp_path / "subjects.csv").write_bytes(content)
    table = read_table(tmp_path, "subjects.csv", table="subjects")
    assert table.cells["clinic"].tolist()[-1] == "Köln"
    assert len(content) > 2**20


def test_a_table_read_in_any_encoding_has_the_same_cells(tmp_path):
    text = HEADER.format(",") + "A,5,,40,Köln\nB,,6,,\n\nC,NA,7,41,Düren\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (tmp_path / "b.tsv").write_text(text.replace(",", "\t"), encoding="cp1252")
    one, other = (read_table(tmp_path, name, table="subjects") for name in ("a.csv", "b.tsv"))
    pd.testing.assert_frame_equal(one.cells, other.cells)
    assert one.rows.tolist() == other.rows.tolist() == [2, 3, 5]


def test_a_study_of_text_files_needs_no_library_of_another_format():
    others = ("openpyxl", "pyreadstat", "sqlalchemy", "pg8000", "charset_normalizer", "fsspec")
    code = (
        "import sys\nfrom cartcohort.study import load_study\nload_study(sys.argv[1])\n"
        f"print([name for name in {others} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(CAR1922)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
