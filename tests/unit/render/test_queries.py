"""The list of queries: text that comes in as data goes out as data."""

import csv
import io
import re

from cartcohort.errors import Problem
from cartcohort.render.queries import write_queries
from cartcohort.study.location import locate

HOSTILE = "<img src=x onerror=alert(1)>"


def written(folder, **problems):
    n = write_queries(folder, title=f"Study {HOSTILE}", problems=problems, synthetic=True)
    table = (folder / "queries.csv").read_bytes()
    return n, table, (folder / "queries.html").read_text(encoding="utf-8")


def test_names_are_escaped_on_the_page_and_no_formula_in_the_table(tmp_path):
    problem = Problem(f"`{HOSTILE}` is odd.", locate("=cmd.csv", [3], ["@sum(A1)", HOSTILE]), "-1+1\nis `x`.")
    n, table, page = written(tmp_path, error=[problem])
    assert n == 1
    assert HOSTILE not in page
    assert "<code>&lt;img src=x onerror=alert(1)&gt;</code> is odd." in page
    [_, line] = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    assert line == [
        "1",
        "error",
        "'=cmd.csv",
        "3",
        f"'@sum(A1), {HOSTILE}",
        f"`{HOSTILE}` is odd.",
        "'-1+1\nis `x`.",
        "",
    ]


def test_the_table_is_marked_as_utf_8_for_spreadsheets(tmp_path):
    _, table, _ = written(tmp_path, warning=[Problem("Größe", locate("a.csv", [2]))])
    assert table.startswith(b"\xef\xbb\xbfnumber,severity,")
    assert "Größe".encode() in table


def test_findings_without_rows_take_one_line_and_lines_of_yaml_stand_for_rows(tmp_path):
    problems = [
        Problem("a", locate("a.csv", (), "x"), "r"),
        Problem("b", "study.yaml", "r"),
        Problem("c", "study.yaml: line 7", "r"),
    ]
    n, table, page = written(tmp_path, error=problems)
    assert n == 3
    lines = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))[1:]
    assert [line[2:5] for line in lines] == [["a.csv", "", "x"], ["study.yaml", "", ""], ["study.yaml", "line 7", ""]]
    assert page.count("<td>all</td>") == 2


def test_the_page_lists_the_first_rows_of_a_long_finding_and_the_table_all(tmp_path):
    n, table, page = written(tmp_path, error=[Problem("a", locate("a.csv", range(2, 1002), "x"), "r")])
    assert n == 1000
    assert table.count(b"\n") == 1001
    assert page.count('<tr><th scope="row">') == 200
    assert "800 more rows of this finding are in queries.csv." in page


def test_the_page_asks_nobody_for_anything_and_says_that_data_are_made_up(tmp_path):
    _, _, page = written(tmp_path, error=[])
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!queries\.csv|#main)', page)
    assert "SYNTHETIC DATA" in page
