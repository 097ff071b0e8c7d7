"""Curves: what is drawn and written agrees with a naive count of the raw times."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cartcohort.estimate.competing import estimate_cumulative_incidence
from cartcohort.estimate.survival import estimate_survival_curve
from cartcohort.present import figures, style
from cartcohort.present.display import Notice
from cartcohort.present.figures.numbers import read_median
from cartcohort.present.figures.steps import even_ticks, step_path, survival_lines, time_axis
from tests.unit.present.figures.reading import (
    HOSTILE,
    NAMESPACE,
    assert_sound,
    numbers,
    panels,
    parse,
    paths_of,
    texts,
    texts_of,
)

TIME = np.array([2.0, 3.5, 5.0, 5.0, 7.0, 9.0, 12.0, 12.5, 20.0, 26.0])
EVENT = np.array([1, 0, 1, 1, 0, 1, 0, 0, 1, 0], dtype=bool)
LOW = np.array([True, False] * 5)


def curve(time=TIME, event=EVENT):
    return estimate_survival_curve(time, event)


def by_group():
    return {"low": curve(TIME[LOW], EVENT[LOW]), "high": curve(TIME[~LOW], EVENT[~LOW])}


def incidence(cause):
    types = np.where(EVENT, np.where(LOW, "relapse", "death without relapse"), "censored")
    return estimate_cumulative_incidence(TIME, types, cause=cause)


def survival_figure(curves=None, **options):
    return figures.plot_survival_curves(curves or by_group(), id="os", title="Overall survival", **options)


def test_numbers_at_risk_and_events_equal_a_naive_count_at_every_tick():
    figure = survival_figure({"": curve()})
    shown = texts_of(figure, "at-risk")
    ticks = [int(text) for text in texts(figure) if text.isdigit()][: len(shown)]
    assert ticks == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]
    assert shown == [str(sum(t <= TIME)) for t in ticks]
    assert texts_of(figure, "events") == [str(sum(EVENT[t >= TIME])) for t in ticks]
    assert texts_of(figure, "row") == ["At risk", "Events"]


def test_the_numbers_of_a_curve_are_headed_like_its_axis():
    assert "Still in response (95% CI)" in survival_figure(y_label="Still in response").table_html
    panels = figures.plot_survival_panels({"OS": by_group(), "PFS": by_group()}, id="t", title="Both")
    assert "Survival (95% CI)" in panels.table_html


def test_each_group_has_its_own_line_of_numbers_in_the_order_given():
    figure = survival_figure()
    assert texts_of(figure, "group") == texts_of(figure, "row") == ["low", "high"]
    for role, first in (("at-risk", "5"), ("events", "0")):
        shown = texts_of(figure, role)
        assert (shown[0], shown[len(shown) // 2]) == (first, first)
    assert {"No. at risk", "Cumulative events"} <= set(texts(figure))


def test_long_names_stand_on_lines_of_their_own_above_the_numbers_of_a_panel():
    long = dict(zip(("No response", "Response"), by_group().values(), strict=True))
    panels = figures.plot_survival_panels({"OS": long, "PFS": by_group()}, id="t", title="Both")
    assert texts_of(panels, "group") == ["No response", "Response", "low", "high"]
    assert texts_of(panels, "row") == ["At risk", "Events"] * 4
    assert texts_of(panels, "at-risk")[0] == "5"
    short = figures.plot_survival_panels({"OS": by_group(), "PFS": by_group()}, id="t", title="Both")
    assert texts_of(short, "row") == ["low", "high"] * 2


def test_a_group_has_one_colour_in_its_curve_its_name_and_its_numbers():
    groups = ["No response", "Response"]  # whose looks follow from their meaning, not from their place
    figure = survival_figure(dict(zip(groups, by_group().values(), strict=True)))
    drawn = re.findall(r'<g class="curve"><path [^>]*stroke="(#\w+)"', figure.svg)
    written = {
        text.text: text.get("fill") for text in parse(figure).iter(f"{NAMESPACE}text") if text.get("font-weight")
    }
    for group, look in zip(groups, style.styles_of(groups), strict=True):
        assert look.color in drawn
        assert written[group] == look.color


def test_the_drawn_curve_steps_down_at_each_event_and_runs_to_the_last_follow_up():
    x, y = step_path(np.array([2.0, 5.0]), np.array([0.9, 0.7]), 1.0)
    assert list(x) == [0, 2, 2, 5, 5]
    assert list(y) == [1, 1, 0.9, 0.9, 0.7]
    figure = survival_figure({"": curve()}, min_at_risk=0)
    (path,) = paths_of(figure, "curve")
    assert path.startswith("M57.26 23")
    assert path.count("v") == len(np.unique(TIME[EVENT]))


def test_the_csv_holds_every_time_from_zero_to_a_thousandth_of_a_month_and_values_with_seven_digits():
    rows = numbers(survival_figure({"": curve()}))
    drawn = curve()
    assert [float(row["time"]) for row in rows] == pytest.approx([0, *drawn.time], abs=5e-4)
    assert [float(row["survival"]) for row in rows] == pytest.approx([1, *drawn.survival], rel=5e-7)
    assert numbers(survival_figure({"": curve(TIME / 30.4375, EVENT)}))[1]["time"] == "0.066"
    assert [int(row["n_at_risk"]) for row in rows[1:]] == [(t <= TIME).sum() for t in drawn.time]
    assert int(rows[-1]["events_so_far"]) == EVENT.sum()
    assert int(rows[-1]["censored_so_far"]) == (~EVENT).sum()


def test_curves_turn_faint_after_the_time_at_which_few_remain():
    line = survival_lines({"": curve()})[0]
    time = line.faint_from(5)
    assert (time <= TIME).sum() >= 5
    assert (time < TIME).sum() < 5
    assert line.faint_from(0) == np.inf
    assert line.faint_from(11) == 0.0
    assert paths_of(survival_figure(min_at_risk=5), "curve few")
    assert not paths_of(survival_figure(min_at_risk=0), "curve few")
    assert not paths_of(survival_figure(min_at_risk=99), "curve")


def test_the_description_counts_patients_events_and_medians():
    figure = survival_figure(events="deaths", annotation=["Hazard ratio 2.34 (95% CI, 1.01 to 5.44)", "p = 0.034"])
    assert figure.description == (
        "low: 5 patients, 3 deaths, median 20.0 months. "
        "high: 5 patients, 2 deaths, median 17.5 months. "
        "Hazard ratio 2.34 (95% CI, 1.01 to 5.44); p = 0.034."
    )
    assert texts_of(figure, "annotation") == ["Hazard ratio 2.34 (95% CI, 1.01 to 5.44); p = 0.034"]


def test_a_median_on_a_step_at_one_half_is_its_midpoint_or_its_first_time():
    on_a_step = curve(np.array([1.0, 2.0, 4.0, 6.0]), np.ones(4, dtype=bool))
    line = survival_lines({"": on_a_step})[0]
    assert (read_median(line, "midpoint"), read_median(line, "first")) == (3.0, 2.0)
    figure = survival_figure({"all": on_a_step}, median_rule="first")
    assert "median 2.0 months" in figure.description
    assert figure.note.startswith("Kaplan-Meier, log-log limits, median at the first time at or below 0.5.")


def test_a_median_may_be_given_by_another_rule():
    figure = survival_figure({"all": curve()}, medians={"all": 12.0})
    assert "median 12.0 months" in figure.description


def test_two_renderings_have_the_same_bytes():
    assert survival_figure() == survival_figure()


def test_names_from_the_data_cannot_break_out_of_the_figure():
    figure = figures.plot_survival_curves(
        {HOSTILE: curve(), "b": curve()}, id="os", title=HOSTILE, annotation=[HOSTILE], landmarks={HOSTILE: 1.0}
    )
    assert "alert(1)" in "".join(texts(figure))
    assert "$x_1$" in "".join(texts(figure))
    assert "<script" not in figure.svg + figure.table_html


def test_a_cohort_without_patients_gives_a_notice():
    empty = curve(np.array([]), np.array([], dtype=bool))
    assert isinstance(survival_figure({"": empty}), Notice)
    assert isinstance(figures.plot_survival_curves({}, id="os", title="OS"), Notice)
    assert isinstance(figures.plot_survival_panels({"A": {"": empty}}, id="os", title="OS"), Notice)
    assert isinstance(figures.plot_incidence_curves({}, id="os", title="OS"), Notice)
    assert isinstance(figures.plot_incidence_panels({}, id="os", title="OS"), Notice)


def test_a_group_without_patients_is_left_out():
    empty = curve(np.array([]), np.array([], dtype=bool))
    figure = survival_figure({"low": curve(), "none": empty, "high": curve()})
    assert texts_of(figure, "group") == ["low", "high"]


@pytest.mark.parametrize("event", [True, False])
@pytest.mark.parametrize("time", [0.0, 0.3, 500.0])
def test_a_single_patient_can_be_drawn(time, event):
    assert_sound(survival_figure({"": curve(np.array([time]), np.array([event]))}))


def test_the_numbers_of_a_curve_carry_zero_on_and_give_no_limits_where_it_has_none():
    curves = {
        "dead": curve(np.array([12.0, 24.0, 36.0]), np.array([True, True, True])),
        "alive": curve(np.array([12.0, 24.0, 60.0]), np.array([False, False, False])),
        "lost": curve(np.array([12.0, 24.0]), np.array([True, False])),
    }
    lines = survival_figure(curves).table_html.split("</tr>")
    rows = [[re.sub("<.*?>", "", cell).strip() for cell in re.split("</t[hd]>", line)[:-1]] for line in lines]
    shown = [row for row in rows if row[:1] in (["0"], ["48"])]
    assert shown[:2] == [["0", "3", "0", "100.0%"], ["48", "0", "3", "0.0%"]]
    assert shown[2:4] == [["0", "3", "0", "100.0%"], ["48", "1", "0", "100.0%"]]
    assert shown[5] == ["48", "0", "1", "NE"]
    assert "nobody was followed so long" in survival_figure(curves).table_html
    assert "not estimable" not in survival_figure({"dead": curves["dead"]}).table_html


def test_a_curve_that_falls_to_zero_has_limits_up_to_there():
    assert_sound(survival_figure({"": curve(np.array([1.0, 2.0]), np.array([True, True]))}))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=1, max_size=40), st.integers(0, 12))
def test_any_cohort_gives_a_sound_figure(patients, min_at_risk):
    time, event = map(np.array, zip(*patients, strict=True))
    assert_sound(survival_figure({"a": curve(time, event), "b": curve()}, min_at_risk=min_at_risk))


def test_twelve_groups_with_long_names_and_chinese_text_stay_inside_the_sheet():
    groups = {f"A rather long name of group {i} with 高危遗传学异常": curve(TIME + i, EVENT) for i in range(12)}
    figure = survival_figure(groups, annotation=["Log-rank p = 0.034"])
    assert_sound(figure)
    assert len(texts_of(figure, "group")) == 12


def test_a_registry_of_a_hundred_thousand_patients_gives_a_small_figure():
    random = np.random.default_rng(0)
    died, left = random.exponential(20, 100_000), random.uniform(0, 60, 100_000)
    figure = survival_figure({"": curve(np.minimum(died, left), died <= left)})
    assert len(figure.svg) < 20_000
    assert len(figure.csv) < 10_000
    assert texts_of(figure, "at-risk")[0] == "100\u202f000"
    assert "wherever one has moved by 2 percentage points" in figure.note


def test_a_curve_thinned_keeps_exact_values_and_its_band_only_where_it_can_be_seen():
    random = np.random.default_rng(0)
    n = 40_000
    times = np.ceil(np.minimum(random.exponential(600, n), random.uniform(0, 3000, n)))
    whole = curve(times, random.random(n) < 0.9)
    figure = survival_figure({"": whole})
    listed = {float(row.split(",")[1]): float(row.split(",")[5]) for row in figure.csv.splitlines()[2:]}
    exact = dict(zip(whole.time, whole.survival, strict=True))
    assert 20 < len(listed) < 80
    assert list(listed.values()) == pytest.approx([exact[time] for time in listed], rel=1e-6)
    # At first the limits are closer than the line is wide, at last few are left.
    (band,), (drawn, *_) = (paths_of(figure, role) for role in ("band", "curve"))
    assert drawn.startswith("M69.91 ")
    assert float(re.match(r"M([\d.]+)", band)[1]) > 73


def test_panels_show_each_endpoint_with_its_own_numbers():
    figure = figures.plot_survival_panels(
        {"OS": by_group(), "PFS": {"": curve()}, "None": {}},
        id="all",
        title="Endpoints",
        annotations={"OS": ["p = 0.5"]},
    )
    assert_sound(figure)
    assert [text for text in texts(figure) if text in ("OS", "PFS", "None")] == ["OS", "PFS"]
    assert {row["panel"] for row in numbers(figure)} == {"OS", "PFS"}
    assert "PFS: 10 patients, 5 events, median 20.0 months." in figure.description


@pytest.mark.parametrize(
    ("n_panels", "a_row", "width"), [(2, 2, 600), (3, 3, 913), (4, 2, 600), (5, 3, 913), (6, 3, 913), (12, 3, 913)]
)
def test_panels_are_as_wide_as_a_phone_and_leave_few_cells_empty(n_panels, a_row, width):
    names = [f"Endpoint {number}" for number in range(n_panels)]
    figure = figures.plot_survival_panels({name: {"": curve()} for name in names}, id="many", title="Many")
    assert_sound(figure)
    assert float(parse(figure).get("viewBox").split()[2]) == width
    boxes = panels(figure)
    assert len(boxes) == n_panels
    assert {across for _, _, across, _ in boxes} == {287}
    assert len({left for left, *_ in boxes}) == a_row
    assert boxes == sorted(boxes, key=lambda box: (box[1], box[0]))


def test_a_plot_alone_has_no_panels():
    assert panels(survival_figure()) == []


def test_panels_share_their_time_axis():
    early = curve(TIME / 2, EVENT)
    figure = figures.plot_survival_panels({"OS": {"": curve()}, "PFS": {"": early}}, id="x", title="Both")
    ticks = [text for text in texts(figure) if text.isdigit()]
    assert ticks[:5] == ["0", "6", "12", "18", "24"]
    assert texts_of(figure, "at-risk") == ["10", "6", "4", "2", "1", "10", "4", "1", "0", "0"]


def test_short_names_stand_where_their_curves_end_in_every_panel_or_in_none():
    apart = {"low": curve(TIME, np.zeros(10, dtype=bool)), "high": curve()}
    both = figures.plot_survival_panels({"OS": apart, "PFS": apart}, id="x", title="Both")
    assert texts_of(both, "label") == ["low", "high", "low", "high"]
    alive = np.zeros(10, dtype=bool)
    touching = {"low": curve(TIME / 2, alive), "high": curve(TIME, alive)}
    none = figures.plot_survival_panels({"OS": apart, "PFS": touching}, id="x", title="Both")
    assert texts_of(none, "label") == []
    long = {"a name too long for a panel": apart["low"], "high": apart["high"]}
    assert texts_of(figures.plot_survival_panels({"OS": long, "PFS": apart}, id="x", title="Both"), "label") == []
    assert texts_of(survival_figure(long), "label") == ["a name too long", "for a panel", "high"]


def test_many_groups_are_dots_at_one_time_the_highest_on_top():
    groups = {f"centre {shift}": curve(TIME + shift, EVENT) for shift in range(7)}
    figure = survival_figure(groups, annotation=["log-rank p = 0.5"])
    assert_sound(figure)
    assert not paths_of(figure, "curve")
    assert len(paths_of(figure, "interval")) == 7
    at_24 = {name: one.survival[one.time <= 24][-1] for name, one in groups.items()}
    assert texts_of(figure, "group") == sorted(groups, key=lambda name: -at_24[name])
    assert "Survival at 24 months" in texts(figure)
    assert texts_of(figure, "annotation") == ["log-rank p = 0.5"]
    assert f"centre 0: 10 patients, 5 events, survival {at_24['centre 0']:.1%} at 24.0 months" in figure.description
    assert "More than 6 groups are compared at one time" in figure.note


def test_dots_stand_in_one_order_in_all_panels_and_say_what_is_read():
    groups = {f"centre {shift}": curve(TIME + shift, EVENT) for shift in range(7)}
    turned = dict(zip(groups, reversed(groups.values()), strict=True))
    figure = figures.plot_survival_panels(
        {"OS": groups, "PFS": turned}, id="d", title="Dots", read={"OS": "Alive", "PFS": "Progression-free"},
        overall={"OS": {12.0: 0.8, 24.0: 0.6}},
    )  # fmt: skip
    assert len(paths_of(figure, "overall")) == 1
    assert "Dashed line: all patients." in figure.note
    names = texts_of(figure, "group")
    assert names[:7] == names[7:]
    assert {"Alive at 24 months", "Progression-free at 24 months"} <= set(texts(figure))
    assert {row["group"] for row in numbers(figure)} == set(groups)


def test_groups_followed_for_less_than_two_years_are_compared_earlier():
    figure = survival_figure({str(number): curve(TIME / 2 + number / 10, EVENT) for number in range(7)})
    assert "Survival at 12 months" in texts(figure)


def test_a_figure_of_too_many_times_lists_fewer_of_each_curve():
    random = np.random.default_rng(0)
    few, many = (
        {str(i): curve(random.exponential(20, 300), np.ones(300, dtype=bool)) for i in range(n)} for n in (5, 6)
    )
    assert len(numbers(survival_figure(few))) == 5 * 301
    assert len(numbers(survival_figure(many))) < 6 * 60
    assert "Large curves are drawn as finely as can be seen" in survival_figure(many).note


def test_too_many_censorings_are_not_marked():
    random = np.random.default_rng(0)
    crowd = curve(random.exponential(20, 201), np.zeros(201, dtype=bool))
    assert not paths_of(survival_figure({"": crowd}), "censored")
    assert "not marked in plots with more than 200" in survival_figure({"": crowd}).note
    assert paths_of(survival_figure({"": curve()}), "censored")


def test_incidence_curves_start_at_zero_and_count_events_of_their_cause():
    curves = {cause: incidence(cause) for cause in ("relapse", "death without relapse")}
    figure = figures.plot_incidence_curves(curves, id="cir", title="Relapse", annotation=["Gray's test, p = 0.21"])
    assert_sound(figure)
    rows = numbers(figure)
    assert float(rows[0]["incidence"]) == 0
    relapses = [row for row in rows if row["group"] == "relapse"]
    assert float(relapses[-1]["incidence"]) == pytest.approx(curves["relapse"].incidence[-1], rel=5e-7)
    assert "relapse: 10 patients, 3 events, incidence" in figure.description
    assert texts_of(figure, "at-risk")[0] == "10"


def test_causes_have_those_at_risk_once_and_a_row_of_events_each():
    curves = {cause: incidence(cause) for cause in ("relapse", "death without relapse")}
    figure = figures.plot_incidence_curves(curves, id="cir", title="Relapse", by_cause=True)
    assert texts_of(figure, "row") == ["At risk"]
    assert texts_of(figure, "group") == ["relapse", "death without", "relapse"]
    n_ticks = len(texts_of(figure, "at-risk"))
    assert len(texts_of(figure, "events")) == 2 * n_ticks
    assert texts_of(figure, "events")[n_ticks - 1 :: n_ticks] == ["3", "2"]


def test_incidence_panels_share_one_scale():
    panels = {cause: {"": incidence(cause)} for cause in ("relapse", "death without relapse")}
    figure = figures.plot_incidence_panels(panels, id="cir", title="Relapse")
    assert_sound(figure)
    levels = [text for text in texts(figure) if text.endswith("%")]
    assert levels[: len(levels) // 2] == levels[len(levels) // 2 :]


@given(st.floats(0.05, 1000), st.integers(2, 12))
@example(0.7, 7)
def test_ticks_are_even_start_at_zero_and_leave_room(last, most):
    ticks = even_ticks(last, most=most)
    assert ticks[0] == 0
    assert len(ticks) <= most
    assert ticks[-1] <= last * (1 + 1e-9)
    assert np.allclose(np.diff(ticks), ticks[1] if len(ticks) > 1 else 0)


@given(st.floats(0, 1000), st.integers(2, 12))
@example(59.5, 6)
def test_a_time_axis_covers_all_follow_up_and_leaves_little_of_it_empty(last, most):
    ticks, end = time_axis(last, most=most)
    assert 2 <= len(ticks) <= max(most, 2)
    assert ticks[0] == 0
    assert ticks[-1] <= end * (1 + 1e-9)
    assert last <= end * (1 + 1e-9)
    assert end <= max(last * 1.15, 1) * (1 + 1e-9)


def test_a_time_axis_ends_on_a_tick_where_that_wastes_little():
    assert time_axis(59.5, most=6)[0].tolist() == [0, 12, 24, 36, 48, 60]
    assert time_axis(59.5, most=6)[1] == 60
    assert time_axis(50.0, most=6)[0].tolist() == [0, 12, 24, 36, 48]
    assert time_axis(50.0, most=6)[1] == pytest.approx(50.75)
