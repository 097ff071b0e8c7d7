"""Forest plots with several axes: every row of every panel is drawn, marked as not estimable, or blank."""

from cartcohort.estimate.results import Result
from cartcohort.present import figures
from cartcohort.present.display import Notice
from tests.unit.present.figures.reading import HOSTILE, assert_sound, numbers, paths_of, texts, texts_of


def rate(estimate, **fields):
    return Result(estimate=estimate, conf_low=0.1, conf_high=0.9, conf_level=0.95, unit="proportion", n=9, **fields)


def ratio(estimate=None, **fields):
    limits = {} if estimate is None else {"conf_low": 0.5, "conf_high": 90.0}
    return Result(estimate=estimate, conf_level=0.95, unit="hazard ratio", n=9, **limits, **fields)


ROWS = {
    "OS": {
        "As reported": {"Question": "why", "Rate": rate(0.4), "HR": ratio(2.0)},
        "Otherwise": {"Question": "how", "Rate": rate(0.5), "HR": ratio(note="separation")},
    },
    "PFS": {"As reported": {"Rate": rate(0.3), "HR": None}, "Empty": {"Rate": None}},
}


def draw(rows=ROWS, panels=("Rate", "HR")):
    return figures.plot_forest_panels(rows, id="f", title="Readings", panels=panels, first_column="Reading")


def test_each_panel_has_its_points_and_an_estimate_that_is_missing_is_marked():
    figure = draw()
    assert_sound(figure)
    assert texts_of(figure, "row") == ["OS", "As reported", "Otherwise", "PFS", "As reported"]
    assert figure.svg.count('class="point"') == 3 + 1
    assert texts(figure).count("NE") == 1
    assert {"Rate", "HR", "Reading"} <= set(texts(figure))


def test_the_numbers_stand_beside_the_marks_and_an_axis_of_ratios_says_so():
    figure = draw()
    assert texts_of(figure, "estimate") == [
        *("40.0% (10.0%–90.0%)", "50.0% (10.0%–90.0%)", "30.0% (10.0%–90.0%)"),
        *("2.00 (0.50–90.0)", "NE"),
    ]
    assert texts_of(figure, "axis") == ["Hazard ratio"]
    assert figure.svg.count("#c4cad0") == 2  # a rule below each row but the last, right across


def test_only_ratios_have_a_reference_line_and_a_limit_beyond_the_axis_is_an_arrow():
    assert len(paths_of(draw(), "reference")) == 1
    assert draw().svg.count('class="arrow"') == 1
    assert not paths_of(draw(panels=("Rate",)), "reference")


def test_a_panel_that_no_row_has_is_left_out():
    rows = {"": {"a": {"Rate": rate(0.4)}}}
    assert "HR" not in texts(draw(rows))


def test_the_numbers_and_the_description_hold_what_is_drawn():
    figure = draw()
    assert [row["Rate: estimate"] for row in numbers(figure)] == ["0.4", "0.5", "0.3"]
    assert "Question" not in figure.csv
    assert "OS, Otherwise: Rate 50.0% (95% CI, 10.0% to 90.0%); HR NE." in figure.description


def test_without_results_there_is_nothing_to_draw():
    assert isinstance(draw({"OS": {"a": {"Rate": None}}}), Notice)


def test_hostile_labels_are_text():
    figure = draw({HOSTILE: {HOSTILE: {"Rate": rate(0.4)}}})
    assert len(texts_of(figure, "row")) == 4  # broken into two lines each
    assert "<script" not in figure.svg
