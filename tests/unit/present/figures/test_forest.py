"""Forest plots: the numbers beside the axis are the records', cut limits are arrows, and nothing is dropped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import figures
from cartcohort.present.display import Notice
from tests.unit.present.figures.reading import HOSTILE, assert_sound, numbers, parse, paths_of, texts, texts_of


def ratio(label, estimate=None, low=None, high=None, p=None, **fields):
    return Result(
        label=label, estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, p_value=p,
        n=35, n_event=22, unit="hazard ratio", **fields,
    )  # fmt: skip


def results():
    return ResultSet(
        {
            "risk/high": ratio("high vs low", 4.37, 0.99, 19.3, 0.0521),
            "sex/male": ratio("male vs female", 0.8, 0.35, 1.8, 0.58),
            "site/yes": ratio("yes vs no", note="separation"),
        }
    )


def forest(given_results=None, **options):
    return figures.plot_forest(given_results or results(), id="f", title="Cox models", **options)


def test_each_row_shows_label_counts_estimate_and_p():
    figure = forest(first_column="Factor")
    assert_sound(figure)
    assert texts_of(figure, "row") == ["high vs low", "male vs female", "yes vs no"]
    assert texts_of(figure, "estimate") == ["4.37 (0.99–19.3)", "0.80 (0.35–1.80)", "NE"]
    assert texts_of(figure, "p-value") == ["0.052", "0.58"]
    assert texts_of(figure, "counts") == ["22/35"] * 3
    assert {"HR (95% CI)", "p", "Events/N"} <= set(texts(figure))
    assert texts_of(figure, "axis") == ["Hazard ratio (log scale)"]


def test_counts_of_the_groups_and_the_test_can_be_named():
    figure = forest(counts={"risk/high": "18/27 vs 2/8"}, p_header="Wald p")
    assert texts_of(figure, "counts") == ["18/27 vs 2/8", "22/35", "22/35"]
    assert "Wald p" in texts(figure)


def test_the_sheet_is_as_wide_as_its_columns():
    def width(figure):
        return float(parse(figure).get("viewBox").split()[2])

    short, long = (ResultSet({"a": ratio(label, 2.0, 1.0, 4.0, 0.5)}) for label in ("a", "a long label " * 9))
    assert width(forest(short)) == 430
    assert width(forest(long)) == 607
    assert texts_of(forest(long), "row")[-1].endswith("…")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.6, 4.0, ["0.5", "1", "2"]),
        (0.4, 9.0, ["0.5", "1", "2", "5", "10"]),
        (0.06, 19.0, ["0.1", "0.3", "1", "3", "10"]),
    ],
)
def test_ticks_of_ratios_leave_room_for_their_labels(low, high, ticks):
    figure = forest(ResultSet({"a": ratio("a", 1.5, low, high)}))
    shown = [text for text in texts(figure) if text in ("0.1", "0.2", "0.3", "0.5", "1", "2", "3", "5", "10", "20")]
    assert shown == ticks


def test_only_what_is_estimable_has_a_point_and_a_reference_line_stands_at_one():
    figure = forest()
    assert figure.svg.count('class="point"') == 2
    assert figure.svg.count('class="interval"') == 2
    assert len(paths_of(figure, "reference")) == 1


def test_limits_beyond_the_axis_end_in_an_arrow_and_keep_their_numbers():
    figure = forest(ResultSet({"a": ratio("a", 3.0, 0.001, 480.0), "b": ratio("b", 1.2, 0.9, 1.5)}))
    assert figure.svg.count('class="arrow"') == 2
    assert texts_of(figure, "estimate")[0] == "3.00 (<0.01–480)"


def test_an_open_limit_ends_in_an_arrow():
    median = Result(label="a", estimate=12.2, conf_low=7.5, conf_level=0.95, unit="months", n=35)
    figure = forest(ResultSet({"a": median}))
    assert figure.svg.count('class="arrow"') == 1
    assert texts_of(figure, "estimate") == ["12.2 (7.5–NR)"]
    assert not paths_of(figure, "reference")


def test_the_description_and_the_csv_hold_every_row():
    figure = forest(headings={"Genetic risk": ["risk/high"], "Site": ["site/yes"]})
    assert figure.description == (
        "Genetic risk – high vs low: 4.37 (95% CI, 0.99 to 19.3), p = 0.052. Site – yes vs no: NE."
    )
    assert [float(row["estimate"] or -1) for row in numbers(figure)] == [4.37, -1]
    assert texts_of(figure, "row") == ["Genetic risk", "high vs low", "Site", "yes vs no"]
    together = forest(headings={"Factors": ["risk/high", "site/yes"]}).description
    assert together == "Factors – high vs low: 4.37 (95% CI, 0.99 to 19.3), p = 0.052; yes vs no: NE."


def test_percentages_are_drawn_between_nought_and_a_hundred():
    rate = Result(label="ORR", estimate=0.77, conf_low=0.6, conf_high=0.9, conf_level=0.95, unit="proportion", n=35)
    assert {"0%", "100%"} <= set(texts(forest(ResultSet({"a": rate}))))


def test_a_limit_at_the_end_of_the_axis_is_no_arrow():
    none = Result(label="PR", estimate=0.0, conf_low=0.0, conf_high=0.1, conf_level=0.95, unit="proportion", n=35)
    assert 'class="arrow"' not in forest(ResultSet({"a": none})).svg


def test_what_the_sides_mean_can_be_written():
    assert texts_of(forest(favours=("lower", "higher")), "favours") == ["← lower", "higher →"]


def test_nothing_to_draw_gives_a_notice():
    assert isinstance(figures.plot_forest(ResultSet(), id="f", title="Cox"), Notice)


def test_rows_that_are_all_not_estimable_still_make_a_figure():
    assert_sound(forest(ResultSet({"a": ratio("a", note="no events")})))


def test_two_renderings_have_the_same_bytes_and_hostile_labels_are_text():
    hostile = ResultSet({"a": ratio(HOSTILE, 1.0, 0.5, 2.0)})
    options = {"headings": {HOSTILE: ["a"]}, "first_column": HOSTILE, "favours": (HOSTILE, HOSTILE)}
    assert forest(hostile, **options) == forest(hostile, **options)
    assert "<script" not in forest(hostile, **options).svg


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.floats(1e-6, 1e6)] * 3), min_size=1, max_size=6))
def test_any_ratios_give_a_sound_figure(triples):
    rows = {str(i): ratio(str(i), *[sorted(t)[k] for k in (1, 0, 2)], 0.5) for i, t in enumerate(triples)}
    assert_sound(forest(ResultSet(rows)))


@pytest.mark.parametrize("n_rows", [1, 12, 40])
def test_any_number_of_rows_fits_the_sheet(n_rows):
    rows = {str(i): ratio(f"A long label {i} 高危遗传学异常患者", 1 + i / 10, 0.5, 3.0, 0.04) for i in range(n_rows)}
    assert_sound(forest(ResultSet(rows)))
