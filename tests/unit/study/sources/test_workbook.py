"""Workbooks of Excel: which sheet, what its cells mean, and what is told of those that are no table."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.sources.read import read_table

HEADER = ["subject_id", "infusion_date", "death_date", "last_contact_date"]


def write_book(folder, sheets, formats=()):
    """Write sheets of rows; formats are (cell, number format) of the first."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell, number_format in formats:
        book.worksheets[0][cell].number_format = number_format
    book.save(folder / "a.xlsx")
    return "a.xlsx"


def read(folder, name="a.xlsx", table="subjects"):
    return read_table(folder, name, table=table)


def only_problem(folder, name="a.xlsx"):
    with pytest.raises(StudyDataError) as caught:
        read(folder, name)
    [problem] = caught.value.problems
    return problem.what, problem.where, problem.remedy


def test_the_named_sheet_is_read_else_that_of_the_table_else_the_first_that_holds_anything(tmp_path):
    rows = {name: [["subject_id", "x"], [name, 1]] for name in ("Patients", "Adverse Events")}
    write_book(tmp_path, {"Empty": [], **rows})
    named, like, first = (
        read(tmp_path, name, table)
        for name, table in [
            ("a.xlsx#Adverse Events", "subjects"),
            ("a.xlsx", "adverse_events"),
            ("a.xlsx", "assessments"),
        ]
    )
    assert [table.cells["subject_id"][0] for table in (named, like, first)] == [
        "Adverse Events",
        "Adverse Events",
        "Patients",
    ]
    assert (named.file, named.readings) == ("a.xlsx#Adverse Events", ())
    assert (like.readings, first.readings) == (("a.xlsx: sheet Adverse Events",), ("a.xlsx: sheet Patients",))


def test_cells_become_the_text_of_a_csv_file(tmp_path):
    write_book(
        tmp_path,
        {
            "A": [
                ["text", "whole", "number", "date", "moment", "truth", "share"],
                [" a ", 5.0, 2.5, dt.date(2020, 1, 31), dt.datetime(2020, 1, 31), True, 0.07],
                ["NA", 12, 1e-7, dt.date(2021, 2, 1), dt.datetime(2021, 2, 1, 14, 20), False, 0.455],
                [7, None, -3, None, None, None, None],
            ]
        },
        [("G2", "0%"), ("G3", "0.0%")],
    )
    table = read(tmp_path)
    assert {name: [str(cell) for cell in table.cells[name]] for name in table.cells} == {
        "text": ["a", "nan", "7"],
        "whole": ["5", "12", "nan"],
        "number": ["2.5", "1e-07", "-3"],
        "date": ["2020-01-31", "2021-02-01", "nan"],
        "moment": ["2020-01-31", "2021-02-01", "nan"],
        "truth": ["yes", "no", "nan"],
        "share": ["7", "45.5", "nan"],
    }
    assert table.readings == (
        "a.xlsx: sheet A, without the time of day in moment, percentages as Excel shows them in share",
    )


def test_a_column_of_percentages_and_plain_numbers_is_told(tmp_path):
    write_book(tmp_path, {"A": [["id", "blasts"], ["a", 0.45], ["b", 45], ["c", 0.07], ["d", 0]]}, [("B2", "0%")])
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path)
    assert str(caught.value).splitlines() == [
        "Some numbers of a column are percentages to Excel, and others are plain.",
        "a.xlsx: row 2, column blasts",
        "Give all cells of the column one format, and see that they are of one scale.",
    ]


def test_rows_are_numbered_as_excel_numbers_them_and_empty_ones_passed_over(tmp_path):
    write_book(tmp_path, {"A": [["index", "x"], ["a", 1], [], [None, None], ["b", 2], []]})
    table = read(tmp_path)
    assert table.rows.tolist() == [2, 5]


def test_a_nameless_index_before_the_columns_is_passed_over(tmp_path):
    write_book(tmp_path, {"A": [[None, "subject_id", "x"], [0, "a", 1]]})
    assert list(read(tmp_path).cells) == ["subject_id", "x"]


def test_formulas_count_by_the_values_that_are_kept_of_them(tmp_path):
    write_book(tmp_path, {"A": [["x", "y"], [1, 2], [3, "=B2+1"]]})
    edit_part(tmp_path, "xl/worksheets/sheet1.xml", b"<f>B2+1</f><v></v>", b"<f>B2+1</f><v>3</v>")
    assert read(tmp_path).cells["y"].tolist() == ["2", "3"]


def edit_part(folder, part, old, new):
    """Replace bytes in a part of the workbook."""
    with zipfile.ZipFile(folder / "a.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    if old is None:
        del parts[part]
    else:
        assert old in parts[part] or old.replace(b"<v></v>", b"<v />") in parts[part], parts[part]
        parts[part] = parts[part].replace(old, new).replace(old.replace(b"<v></v>", b"<v />"), new)
    with zipfile.ZipFile(folder / "a.xlsx", "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def test_formulas_without_values_are_told(tmp_path):
    write_book(tmp_path, {"A": [["x", "y"], [1, "=A2+1"], [3, "=A3+1"]]})
    assert only_problem(tmp_path) == (
        "Formulas have no values: the program that wrote the workbook has not calculated them.",
        "a.xlsx: rows 2 and 3, column y",
        "Open it in Excel or LibreOffice, and save it.",
    )


def test_error_cells_are_told_by_column(tmp_path):
    write_book(tmp_path, {"A": [["x", "y"], ["#N/A", 1], [2, "#REF!"], ["#N/A", 3]]})
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path)
    assert [(problem.what, problem.where, problem.remedy) for problem in caught.value.problems] == [
        (
            "A cell holds an error of Excel, such as #N/A.",
            f"a.xlsx: {where}",
            "Correct its formula, or empty the cell.",
        )
        for where in ("rows 2 and 4, column x", "row 3, column y")
    ]


def test_a_title_above_the_header_is_told(tmp_path):
    write_book(tmp_path, {"A": [["Registry of 2021"], [], HEADER, ["a", None, None, None]]})
    assert only_problem(tmp_path) == (
        "The header does not stand in the first row.",
        "a.xlsx",
        "Delete what stands above it, as it seems rows 1 to 2, so that the names come first.",
    )


def test_merged_cells_of_a_header_are_told(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["subject_id", "Death", None, "sex"])
    book.active.append(["a", "yes", 152, "male"])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    assert only_problem(tmp_path) == (
        "A column that holds cells has no name.",
        "a.xlsx: column C",
        "Give each column a name of its own in the first row, also where cells there are merged.",
    )


def test_two_columns_of_one_name_are_told(tmp_path):
    write_book(tmp_path, {"A": [["x", "x"], [1, 2]]})
    assert only_problem(tmp_path)[:2] == ("Two columns have the same name.", "a.xlsx: column x")


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path):
    write_book(tmp_path, {"Patients": [["x"]], "Events": [["x"]]})
    assert only_problem(tmp_path, "a.xlsx#patients") == (
        "The workbook has no sheet `patients`. Did you mean `Patients`?",
        "a.xlsx#patients",
        "Its sheets are: Patients, Events.",
    )


def test_a_workbook_without_a_cell_is_told(tmp_path):
    write_book(tmp_path, {"A": [], "B": []})
    assert only_problem(tmp_path) == ("The workbook holds no cells.", "a.xlsx", "Put the table into its first sheet.")


DAMAGED = "The file cannot be read as a workbook of Excel: it is damaged, incomplete, or of another kind."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [
        (b"", "The file is empty.", "Put the table in its place."),
        (b"\x89PNG\r\n\x1a\n", "The file is a picture, not what its name says.", "Put the table in its place."),
        (
            b"PAR1",
            "The file is a Parquet file, not what its name says.",
            "Let its name end in .parquet, here and in study.yaml.",
        ),
        (b"a,b\n1,2\n", DAMAGED, "Save it anew from the program that made it."),
        (b"PK\x03\x04" + bytes(200), DAMAGED, "Save it anew from the program that made it."),
        (
            OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected by a password.",
            "Open it in Excel, take the password off (File, Info, Protect Workbook), and save it.",
        ),
        (
            OLE + bytes(500) + "Workbook".encode("utf-16-le"),
            "The workbook is of an old form of Excel.",
            "Open it in Excel, and save it as .xlsx.",
        ),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path, content, what, remedy):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert only_problem(tmp_path) == (what, "a.xlsx", remedy)


def test_a_workbook_that_lacks_a_part_or_its_end_is_told(tmp_path):
    write_book(tmp_path, {"A": [HEADER, ["a"] * 4]})
    whole = (tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[: len(whole) // 2])
    assert only_problem(tmp_path)[0] == DAMAGED
    (tmp_path / "a.xlsx").write_bytes(whole)
    edit_part(tmp_path, "xl/workbook.xml", None, b"")
    assert only_problem(tmp_path)[0] == DAMAGED


def test_an_old_workbook_is_refused_by_its_ending(tmp_path):
    (tmp_path / "a.xls").write_bytes(OLE)
    what, where, remedy = only_problem(tmp_path, "a.xls")
    assert (what, where) == ("A table cannot be read from a file ending in `.xls`.", "a.xls")
    assert remedy == (
        "Save it as .xlsx. Files that can be read end in .csv, .tsv, .tab, .txt, .xlsx, .xlsm, .parquet, .xpt, "
        ".sas7bdat, .dta, .sav, .zsav."
    )
