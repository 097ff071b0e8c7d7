"""Tables: what a reader sees in the HTML, and full precision in the CSV."""

import csv
import io
from dataclasses import dataclass
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import tables
from cartcohort.present.display import Notice

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HOSTILE = "<img src=x onerror=alert(1)> & \"a\" 'b'"


class Reader(HTMLParser):
    """Collects the text of every cell and checks that tags close in order."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.scopes, self.open = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def read(table):
    return Reader(table.html).rows


def numbers(table):
    return list(csv.DictReader(io.StringIO(table.csv)))


def cox():
    return ResultSet(
        {
            "risk_factors/os/cox/genetic_risk/high": Result(
                estimate=4.371234,
                conf_low=0.99,
                conf_high=19.3,
                conf_level=0.95,
                n=35,
                n_event=22,
                p_value=0.0521,
                unit="hazard ratio",
                method="Cox model, Efron ties",
                label="Genetic risk: high",
            ),
            "risk_factors/os/cox/sex/male": Result(
                n=35, n_event=22, conf_level=0.95, unit="hazard ratio", note="separation", label="Sex: male"
            ),
        }
    )


def test_a_short_cell_without_a_blank_is_kept_whole():
    table = tables.build_table(
        id="t", caption="T", columns=[tables.Column("A"), tables.Column("B")], rows=[tables.Row(("a", "13.1–59.5"))]
    )
    assert '<td class="whole">13.1–59.5</td>' in table.html
    longer = tables.build_table(
        id="t", caption="T", columns=[tables.Column("A"), tables.Column("B")], rows=[tables.Row(("a", "one two"))]
    )
    assert "<td>one two</td>" in longer.html


def test_results_print_label_events_estimate_and_p():
    table = tables.table_results(cox(), id="t", caption="Cox", first_column="Factor")
    assert read(table) == [
        ["Factor", "Events/N", "Hazard ratio (95% CI)", "p"],
        ["Genetic risk: high", "22/35", "4.37 (0.99–19.3)", "0.052"],
        ["Sex: malea", "22/35", "NE", ""],
    ]
    assert "<sup>a</sup> separation." in table.html
    assert "Cox model, Efron ties. NE, not estimable." in table.html


def test_the_csv_keeps_every_digit_and_leaves_blank_what_is_missing():
    first, second = numbers(tables.table_results(cox(), id="t", caption="Cox"))
    assert float(first["estimate"]) == 4.371234
    assert (first["n_event"], first["n"], first["note"]) == ("22", "35", "")
    assert (second["estimate"], second["p_value"], second["note"]) == ("", "", "separation")


def test_rows_are_grouped_under_headings_with_a_scope():
    names = list(cox())
    table = tables.table_results(cox(), id="t", caption="Cox", headings={"Disease": names[:1], "Patient": names[1:]})
    rows = read(table)
    assert rows[1] == ["Disease"]
    assert rows[3] == ["Patient"]
    assert Reader(table.html).scopes.count("rowgroup") == 2
    assert table.html.count("<tbody>") == 2
    assert [line["group"] for line in numbers(table)] == ["Disease", "Patient"]


def test_a_median_not_reached_is_explained_once_below_the_table():
    results = ResultSet({name: Result(unit="months", note="not reached", label=name) for name in "ab"})
    table = tables.table_results(results, id="t", caption="OS")
    assert '<p class="note">NR, not reached.</p>' in table.html
    assert [line["note"] for line in numbers(table)] == ["not reached", "not reached"]


def test_estimates_in_different_units_name_their_unit():
    results = ResultSet(
        {
            "a": Result(estimate=12.16, conf_low=7.5, conf_level=0.95, unit="months", label="Median"),
            "b": Result(estimate=0.5, conf_low=0.3, conf_high=0.7, conf_level=0.95, unit="proportion", label="Rate"),
        }
    )
    rows = read(tables.table_results(results, id="t", caption="OS"))
    assert rows[0][1] == "Estimate (95% CI)"
    assert [row[1] for row in rows[1:]] == ["12.2 (7.5–NR) months", "50.0% (30.0%–70.0%)"]


def test_decimal_points_are_aligned_by_padding_in_digits():
    results = ResultSet(
        {
            "a": Result(estimate=12.16, unit="months", label="A"),
            "b": Result(estimate=2.5, unit="months", label="B"),
            "c": Result(note="median not reached", unit="months", label="C"),
            "d": Result(estimate=100.0, unit="months", label="D"),
        }
    )
    html = tables.table_results(results, id="t", caption="OS").html
    assert '<span class="pad-1">12.2</span>' in html
    assert '<span class="pad-2">2.5</span>' in html
    assert '<span class="pad-1">NR</span>' in html
    assert '<td class="num" data-value="100">100.0</td>' in html


def test_a_line_may_break_before_limits_and_not_within_them():
    half = Result(estimate=0.5, conf_low=0.3, conf_high=0.7, conf_level=0.95, unit="proportion", label="A")
    html = tables.table_results(ResultSet({"a": half}), id="t", caption="OS").html
    assert "50.0% <span>(30.0%–70.0%)</span></td>" in html


def test_an_empty_result_set_gives_a_notice():
    assert isinstance(tables.table_results(ResultSet(), id="t", caption="Cox"), Notice)


def test_hostile_text_is_escaped_wherever_it_stands():
    results = ResultSet({"a": Result(estimate=1.0, unit="months", label=HOSTILE, note=HOSTILE, method=HOSTILE)})
    table = tables.table_results(
        results, id="t", caption=HOSTILE, first_column=HOSTILE, headings={HOSTILE: ["a"]}, notes=[HOSTILE]
    )
    assert "<img" not in table.html
    assert HOSTILE in read(table)[1]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert tables.safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_stay_numbers_in_the_csv():
    assert [tables.safe_cell(value) for value in (-0.5, 27, None, float("nan"), float("inf"), pd.NA, True)] == [
        "-0.5",
        27,
        "",
        "",
        "",
        "",
        "yes",
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_the_csv_reads_back_exactly(value):
    assert float(tables.safe_cell(value)) == value


@given(st.sampled_from(["", *FORMULA_STARTS]), st.text(max_size=20))
@example("\r", "=")
def test_no_text_in_the_csv_starts_a_formula(start, text):
    for header, cell in (("h", start + text), (start + text, "c")):
        line = tables.write_csv([header], [[cell]])
        cells = [one for row in csv.reader(io.StringIO(line, newline=""), strict=True) for one in row]
        assert not [one for one in cells if one.startswith(FORMULA_STARTS)]


def baseline():
    shared = {"median": None, "low": None, "high": None, "missing": 0}
    return pd.DataFrame(
        [
            {
                "variable": "Age, years",
                "level": None,
                "group": "All",
                "median": 35.5,
                "low": 18,
                "high": 60,
                "missing": 1,
            },
            {"variable": "Sex", "level": "female", "group": "All", "n": 14, "total": 35, "smd": 0.123} | shared,
            {"variable": "Sex", "level": "male", "group": "All", "n": 21, "total": 35} | shared,
        ]
    )


def test_the_baseline_table_shows_medians_levels_missing_counts_and_differences():
    table = tables.table_baseline(baseline(), id="t", caption="Baseline", groups={"All": 35})
    assert read(table) == [
        ["Characteristic", "All(n = 35)", "SMD"],
        ["Age, years", "35.5 (18.0–60.0)", ""],
        ["Missing", "1", ""],
        ["Sex", "", "0.12"],
        ["female", "14 (40.0%)", ""],
        ["male", "21 (60.0%)", ""],
    ]
    assert 'class="level-1"' in table.html


def test_the_baseline_csv_holds_the_numbers_behind_the_text():
    lines = numbers(tables.table_baseline(baseline(), id="t", caption="Baseline", groups={"All": 35}))
    assert (lines[0]["variable"], lines[0]["All: median"], lines[0]["All: high"]) == ("Age, years", "35.5", "60.0")
    assert (lines[3]["level"], lines[3]["All: n"], lines[3]["All: total"]) == ("female", "14.0", "35.0")


def test_an_empty_baseline_gives_a_notice():
    empty = baseline().iloc[:0]
    assert isinstance(tables.table_baseline(empty, id="t", caption="Baseline", groups={}), Notice)


@dataclass(frozen=True)
class Claim:
    claim: str
    result: str
    field: str
    published: str

    def compare(self, value):
        if value is None:
            return self.published == "NR"
        return abs(value - 0.7714) < 0.0005


def test_published_figures_say_in_a_word_whether_they_agree():
    claims = [
        Claim("ORR", "orr", "estimate", "77.1 %"),
        Claim("Also ORR", "other", "estimate", "60.0 %"),
        Claim("Unknown", "nowhere", "estimate", "1"),
        Claim("p", "orr", "p_value", "0.03"),
        Claim("Median", "median", "estimate", "NR"),
    ]
    median = Result(unit="months", note="not reached")
    results = ResultSet({"orr": Result(estimate=27 / 35), "other": Result(estimate=0.5), "median": median})
    table = tables.table_published(claims, results, id="t")
    assert [row[1:] for row in read(table)[1:]] == [
        ["77.1 %", "77.1%", "Yes"],
        ["60.0 %", "50.0%", "No"],
        ["1", "NE", "Not computed"],
        ["0.03", "NE", "Not computed"],
        ["NR", "NR", "Yes"],
    ]


def test_beside_a_published_bound_stands_the_value_that_was_computed():
    results = ResultSet({"alive": Result(estimate=1.0, unit="proportion"), "p": Result(p_value=0.012)})
    claims = [Claim("Alive a year later", "alive", "estimate", ">0.9"), Claim("Worse", "p", "p_value", "<0.05")]
    table = tables.table_published(claims, results, id="t")
    assert [row[2] for row in read(table)[1:]] == ["100.0%", "0.012"]


def test_a_median_not_reached_does_not_agree_with_a_published_one():
    median = ResultSet({"median": Result(unit="months", note="not reached")})
    table = tables.table_published([Claim("Median", "median", "estimate", "12.2")], median, id="t")
    assert read(table)[1] == ["Median", "12.2", "NR", "No"]


def test_a_run_with_other_parameters_says_that_it_is_not_the_published_analysis():
    claims, results = [Claim("ORR", "orr", "estimate", "77.1 %")], ResultSet({"orr": Result(estimate=0.5)})
    changes = {"subset": "age_years > 40", "conf_level": 0.9, "p_style": "four_decimals", "study_path": "elsewhere"}
    html = tables.table_published(claims, results, id="t", parameters=changes).html
    assert "This run is not the published analysis: it changes subset and conf_level." in html
    as_published = tables.table_published(claims, results, id="t", parameters={"conf_level": 0.95})
    assert "not the published analysis" not in as_published.html


def test_a_note_that_all_rows_have_is_told_once_and_without_a_letter():
    same = {name: Result(estimate=2.0, unit="odds ratio", note="not adjusted", label=name) for name in ("a", "b")}
    html = tables.table_results(ResultSet(same), id="t", caption="T").html
    assert html.count("ot adjusted") == 1 and "Not adjusted." in html and "<sup>" not in html
    one_more = ResultSet({**same, "c": Result(estimate=2.0, unit="odds ratio", label="c")})
    assert tables.table_results(one_more, id="t", caption="T").html.count("<sup>a</sup>") == 3


def test_a_study_without_published_figures_says_so():
    assert tables.table_published([], ResultSet(), id="t") == Notice(
        "The study names no published figure that belongs here."
    )


def test_the_study_and_whole_numbers_given_as_floats_do_not_count_as_changed():
    rows = read(tables.table_parameters({"study_path": "elsewhere", "rmst_months": 24.0}))
    assert rows[1][:3] == ["study_path", "elsewhere", "data/car1922"]
    assert rows[2][:3] == ["rmst_months", "24", "24"]


def test_changed_parameters_stand_out_in_words_and_weight():
    table = tables.table_parameters({"conf_level": 0.9, "ties": "efron", "factors": None, "landmark_days": [28, 90]})
    rows = read(table)
    assert rows[1][:3] == ["conf_level", "0.9 (changed)", "0.95"]
    assert rows[2][:3] == ["ties", "efron", "efron"]
    assert rows[3][:3] == ["factors", "none", "none"]
    assert rows[4][:3] == ["landmark_days", "28, 90", "28, 90"]
    assert "<strong>conf_level</strong>" in table.html


def test_adverse_events_show_patients_by_grade():
    events = pd.DataFrame({"term": ["CRS"], "any": [32], "grade_1": [20], "grade_3_or_higher": [4]})
    table = tables.table_events(events, id="ae", caption="Adverse events", n=35)
    assert read(table) == [
        ["Event", "Any grade", "Grade 1", "Grade ≥3"],
        ["CRS", "32 (91.4%)", "20 (57.1%)", "4 (11.4%)"],
    ]


def test_events_of_unknown_grade_have_a_column_and_grades_may_be_left_out():
    events = pd.DataFrame({"term": ["acute GVHD"], "any": [26], "not_recorded": [26]})
    table = tables.table_events(events, id="ae", caption="Adverse events", n=137)
    assert read(table) == [["Event", "Any grade", "Grade not recorded"], ["acute GVHD", "26 (19.0%)", "26 (19.0%)"]]


def test_values_of_a_frame_go_through_the_format_of_their_column():
    from cartcohort.present.format import format_months

    frame = pd.DataFrame({"name": ["a", None], "x": [1.25, float("nan")]})
    table = tables.table_values(
        frame, id="v", caption="V", headers={"name": "Name", "x": "X"}, formats={"x": format_months}
    )
    assert read(table) == [["Name", "X"], ["a", "1.3"], ["none", "NE"]]
    assert [line["x"] for line in numbers(table)] == ["1.25", ""]


def test_an_empty_corner_is_no_heading():
    table = tables.table_results(cox(), id="t", caption="Cox")
    assert table.html.count("<thead><tr><td></td><th") == 1


def test_a_footnote_shared_by_two_rows_has_one_letter():
    cell = tables.Cell("x", note="same.")
    table = tables.build_table(
        id="t", caption="C", columns=[tables.Column("A")], rows=[tables.Row((cell,)), tables.Row((cell,))]
    )
    assert table.html.count("<sup>a</sup>") == 3
    assert "<sup>b</sup>" not in table.html


def test_a_column_of_text_stands_before_the_numbers_of_a_grid():
    half = Result(estimate=0.5, n=4, n_event=2, unit="proportion")
    rows = {"": {"a": {"Rate": half, "Question": "why"}, "b": {"Rate": half}, "c": {"Question": "alone"}}}
    table = tables.table_grid(rows, id="t", caption="T", first_column="Row")
    header, first, second = table.csv.splitlines()
    assert header == "label,Question,n_event,n,Rate: estimate,Rate: conf_low,Rate: conf_high"
    assert first == "a,why,2,4,0.5,,"
    assert second == "b,,2,4,0.5,,"


def test_a_rate_of_zero_without_limits_says_why_and_its_other_notes_stay_away():
    gone = Result(
        estimate=0.0,
        conf_level=0.95,
        n=8,
        n_event=8,
        unit="proportion",
        note="biased by guarantee time; no limits: the curve has reached 0",
    )
    table = tables.table_grid({"": {"a": {"Rate": gone}}}, id="t", caption="T", first_column="Row")
    assert "0.0% (NE)" in table.text
    assert "<sup>a</sup> no limits: the curve has reached 0." in table.html
    assert "biased" not in table.html


def test_what_is_true_of_all_the_rows_below_stands_beside_their_heading():
    half = Result(estimate=0.5, n=4, n_event=2, unit="proportion")
    test = Result(p_value=0.03, note="exact")
    lines = {"low": {"Rate": half, "Difference": tables.REFERENCE, "p": test}, "high": {"Rate": half, "p": None}}
    table = tables.table_grid(
        {"Risk": lines}, id="t", caption="T", first_column="Factor", p_columns=["p"], head_columns=["p"]
    )
    assert read(table) == [
        ["Factor", "Events/N", "Rate", "Difference", "p"],
        ["Risk", "0.030"],
        ["low", "2/4", "50.0%", "Reference", ""],
        ["high", "2/4", "50.0%", "–", ""],
    ]
    assert '<th scope="rowgroup" colspan="4">Risk</th><td class="num" data-value="0.03">0.030</td>' in table.html
    assert table.text.splitlines()[2].split() == ["Risk", "0.030"]
    assert [line["p: p_value"] for line in numbers(table)] == ["0.03", ""]


def test_a_column_without_any_result_is_left_out():
    half = Result(estimate=0.5, n=4, n_event=2, unit="proportion")
    table = tables.table_grid(
        {"": {"a": {"Rate": half, "Firth": None}}}, id="t", caption="T", first_column="Row", head_columns=["Firth"]
    )
    assert read(table) == [["Row", "Events/N", "Rate"], ["a", "2/4", "50.0%"]]
