"""Robustness, hazard, conditional survival and markers: what is drawn and what is said."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd

from cartcohort.estimate.hazard import estimate_hazard
from cartcohort.estimate.survival import estimate_survival_curve
from cartcohort.present import figures, style
from cartcohort.present.display import Notice
from cartcohort.present.figures.canvas import text_width
from tests.unit.present.figures.reading import NAMESPACE, assert_sound, numbers, parse, paths_of, texts, texts_of


def scan(p=(0.5, 0.03, 0.00001, np.nan)):
    k = len(p)
    return SimpleNamespace(
        threshold=np.arange(k) * 10.0 + 20, n_low=np.arange(k) + 5, n_high=30 - np.arange(k), p_value=np.array(p)
    )


def test_a_threshold_scan_marks_the_one_in_use_and_counts_those_below_five_percent():
    figure = figures.plot_threshold_scan({"OS": scan()}, id="s", title="Scan", x_label="Blasts (%)", chosen=50)
    assert_sound(figure)
    assert texts_of(figure, "chosen") == ["cut used: 50"]
    assert figure.description == "OS: 4 thresholds, p below 0.05 at 2, smallest p <0.0001 at 40.0."
    assert [row["p_value: OS"] for row in numbers(figure)] == ["0.5", "0.03", "1e-05", ""]
    assert texts_of(figure, "count")


def test_the_counts_of_a_scan_are_those_of_a_cut_at_the_tick_and_not_of_the_threshold_nearest_to_it():
    ages = SimpleNamespace(
        threshold=np.array([27.0, 39.0, 42.0, 59.0]),
        n_low=np.array([104, 115, 117, 130]),
        n_high=np.array([131, 120, 118, 105]),
        p_value=np.array([0.5, 0.4, 0.3, 0.2]),
    )
    figure = figures.plot_threshold_scan({"OS": ages}, id="s", title="S", x_label="Age", chosen=62)
    beside = {}
    for text in parse(figure).iter(f"{NAMESPACE}text"):
        if re.fullmatch(r"\d+", text.text):
            beside.setdefault(text.get("x"), []).append(text.text)
    assert ["30", "115", "120"] in beside.values(), "below 39 as below 30: nobody lies between"
    assert ["40", "117", "118"] in beside.values(), "those of 39 are below 40, though 39 is nearer than 42"
    assert ["60"] in beside.values(), "nothing is known beyond the last threshold"


def test_scans_of_several_endpoints_have_a_key():
    figure = figures.plot_threshold_scan({"OS": scan(), "PFS": scan()}, id="s", title="Scan", x_label="Blasts (%)")
    assert texts_of(figure, "key") == ["OS", "PFS"]


def test_scans_of_the_same_cuts_share_lines_and_others_have_their_own():
    other = scan((0.4, 0.2))
    figure = figures.plot_threshold_scan(
        {"OS": scan((0.5, 0.03)), "PFS": scan((0.6, 0.04)), "DOR": scan((0.7, 0.2, 0.3))},
        id="s",
        title="S",
        x_label="x",
    )
    lines = [
        tuple(row[name] for name in ("threshold", "p_value: OS", "p_value: PFS", "p_value: DOR"))
        for row in numbers(figure)
    ]
    assert lines[:3] == [("20.0", "0.5", "0.6", ""), ("30.0", "0.03", "0.04", ""), ("20.0", "", "", "0.7")]
    assert "OS and PFS" in figure.table_html and len(lines) == 5
    same = figures.plot_threshold_scan({"OS": other, "PFS": other}, id="s", title="S", x_label="x")
    assert len(numbers(same)) == 2 and "OS and PFS" not in same.table_html


def test_scans_without_p_values_give_a_notice():
    empty = scan((np.nan, np.nan))
    assert isinstance(figures.plot_threshold_scan({"OS": empty}, id="s", title="S", x_label="x"), Notice)
    assert isinstance(figures.plot_threshold_scan({}, id="s", title="S", x_label="x"), Notice)


def omissions(p_value=0.0344, without=(0.02, 0.06, np.nan, 0.00001), lowest=(3,), highest=(1,)):
    return SimpleNamespace(
        p_value=p_value,
        without=np.array(without),
        rows_crossing=(1,),
        rows_lowest=lowest,
        rows_highest=highest,
        names=lambda positions: [f"P{at + 1:02}" for at in positions],
    )


def test_leaving_one_out_shows_range_and_crossings():
    figure = figures.plot_leave_one_out({"OS by risk": omissions()}, id="l", title="Robustness")
    assert_sound(figure)
    assert texts_of(figure, "range") == ["0.034 (<0.0001–0.060)"]
    assert texts_of(figure, "crossing") == ["1/3"]
    assert {"p (range)", "Cross 0.05"} <= set(texts(figure))
    assert figure.description == (
        "OS by risk: p = 0.034 with all patients, <0.0001 (without P04) to 0.060 (without P02) with one left out; "
        "leaving out one patient moves it across 0.05."
    )
    assert [row["left_out"] for row in numbers(figure)] == ["", "P01", "P02", "P03", "P04"]
    assert [row["OS by risk"] for row in numbers(figure)] == ["0.0344", "0.02", "0.06", "", "1e-05"]


def test_the_patients_who_move_p_most_are_named_on_both_sides():
    several = omissions(lowest=(0, 1, 2, 3), highest=(4, 5), without=(0.02, 0.02, 0.02, 0.02, 0.06, 0.06))
    figure = figures.plot_leave_one_out({"OS": several}, id="l", title="Robustness")
    assert texts_of(figure, "driver") == ["P01 and 3 others", "P05 and P06"]
    assert "0.020 (without P01 or 3 others) to 0.060 (without P05 or P06)" in figure.description


def test_a_p_value_that_prints_alike_whoever_is_left_out_is_told_once():
    tiny = omissions(p_value=0.00001, without=(0.00002, 0.00003), lowest=(0,), highest=(1,))
    figure = figures.plot_leave_one_out({"OS": tiny}, id="l", title="Robustness")
    assert texts_of(figure, "range") == ["<0.0001"]
    assert figure.description == "OS: p < 0.0001 whoever is left out."


def test_names_of_patients_at_the_ends_of_the_axis_stay_on_the_figure():
    extreme = omissions(p_value=0.9, without=(0.00001, 0.999), lowest=(0,), highest=(1,))
    figure = figures.plot_leave_one_out({"OS by response at day 28": extreme}, id="l", title="Robustness")
    ends = []
    for text in parse(figure).iter(f"{NAMESPACE}text"):
        if re.fullmatch(r"P\d+", text.text):
            x = float(text.get("x") or re.search(r"translate\(([\d.]+)", text.get("transform"))[1])
            width = text_width(text.text)
            ends += [x, x - width if text.get("text-anchor") == "end" else x + width]
    assert len(ends) == 4
    assert all(0 <= end <= style.NARROW for end in ends)


def test_the_level_is_drawn_beside_the_dots_of_each_comparison_and_not_over_numbers():
    figure = figures.plot_leave_one_out({"OS": omissions(), "PFS": omissions()}, id="l", title="Robustness")
    assert len(re.findall("M", "".join(paths_of(figure, "level")))) == 2


def test_comparisons_of_different_patients_stand_side_by_side_in_the_csv():
    some = SimpleNamespace(**{**vars(omissions(without=(0.02, 0.06))), "rows_lowest": (0,)})
    figure = figures.plot_leave_one_out({"OS": omissions(), "PFS": some}, id="l", title="Robustness")
    assert [row["PFS"] for row in numbers(figure)] == ["0.0344", "0.02", "0.06", "", ""]


def test_leaving_one_out_of_many_patients_stays_small():
    many = omissions(without=np.random.default_rng(0).uniform(0.01, 0.1, 20_000))
    figure = figures.plot_leave_one_out({"OS": many}, id="l", title="Robustness")
    assert_sound(figure)
    assert len(figure.svg) < 20_000


def test_nothing_to_leave_out_gives_a_notice():
    assert isinstance(figures.plot_leave_one_out({"OS": omissions(None, (), (), ())}, id="l", title="R"), Notice)


TIME, EVENT = np.array([3.0, 10, 15, 20, 30, 40]), np.array([1, 0, 1, 1, 0, 1], dtype=bool)


def test_a_hazard_shows_events_and_patient_years_of_each_interval():
    hazard = estimate_hazard(TIME, EVENT, width=12)
    figure = figures.plot_hazard({"": hazard}, id="h", title="Hazard")
    assert_sound(figure)
    assert texts_of(figure, "events") == ["1", "2", "0", "1"]
    assert texts_of(figure, "patient-years") == ["5.1", "2.9", "1.5", "0.3"]
    rows = numbers(figure)
    assert np.allclose([float(row["rate_per_year"]) for row in rows], hazard.rate * 12)
    assert "months 12 to 24, 2 events in 2.9 patient-years" in figure.description


def test_hazards_of_groups_have_a_key_and_a_group_without_follow_up_is_left_out():
    low, high = (estimate_hazard(TIME[rows], EVENT[rows], width=12) for rows in (EVENT, ~EVENT))
    none = estimate_hazard(np.array([]), np.array([], dtype=bool), width=12)
    figure = figures.plot_hazard({"low": low, "none": none, "high": high}, id="h", title="Hazard")
    assert_sound(figure)
    assert texts_of(figure, "group") == ["low", "high"]
    assert isinstance(figures.plot_hazard({"": none}, id="h", title="Hazard"), Notice)


def test_markers_side_by_side_can_be_shown_one_by_one_and_one_alone_is_whole():
    both = figures.plot_marker_curves(measured(), id="m", title="M")
    assert parse(both).get("data-panels") == "0 0 291 242;309 0 291 242"
    alone = figures.plot_marker_curves(measured().query("marker == 'CRP'"), id="m", title="M")
    assert parse(alone).get("data-panels") is None


def test_a_hazard_is_no_wider_than_a_phone_unless_its_numbers_need_the_room():
    def width(factor):
        hazard = estimate_hazard(np.tile(TIME, factor) * 2, np.tile(EVENT, factor), width=12)
        return float(parse(figures.plot_hazard({"": hazard}, id="h", title="Hazard")).get("viewBox").split()[2])

    assert width(1) == style.NARROW
    assert width(100_000) > style.NARROW


def test_no_event_at_all_can_be_drawn():
    assert_sound(figures.plot_hazard({"": estimate_hazard(TIME, ~(TIME > 0), width=12)}, id="h", title="Hazard"))


def test_conditional_survival_restarts_the_clock():
    curves = {
        "From infusion": estimate_survival_curve(TIME, EVENT),
        "From 12 months": estimate_survival_curve(TIME[TIME > 12] - 12, EVENT[TIME > 12]),
    }
    figure = figures.plot_conditional(curves, id="c", title="Conditional survival")
    assert_sound(figure)
    assert {"Months from infusion or from 12 months", "Event-free"} <= set(texts(figure))
    assert "From 12 months: 4 patients, 3 events" in figure.description


def measured(n_subjects=4, days=(0, 7, 14)):
    rows = [
        (f"P{subject}", day, 10.0 * (subject + 1), marker)
        for marker in ("IL-6", "CRP")
        for subject in range(n_subjects)
        for day in days
    ]
    return pd.DataFrame(rows, columns=["subject", "day", "value", "marker"])


def test_markers_show_median_and_quartiles_of_each_day():
    figure = figures.plot_marker_curves(measured(), id="m", title="Markers", units={"IL-6": "pg/mL"})
    assert_sound(figure)
    assert "IL-6 (pg/mL)" in texts(figure)
    rows = numbers(figure)
    assert [(row["marker"], row["day"], row["n"], row["median"]) for row in rows[:2]] == [
        ("IL-6", "0.0", "4", "25.0"),
        ("IL-6", "7.0", "4", "25.0"),
    ]
    assert figure.svg.count('class="patient"') == 8
    assert "IL-6: 4 patients, highest median 25 on day 0." in figure.description


def test_medians_are_drawn_where_enough_patients_were_measured_and_listed_everywhere():
    frame = pd.DataFrame({"subject": list("ABCDEABCDEAB"), "day": [0] * 5 + [7] * 5 + [14] * 2, "value": 5.0})
    figure = figures.plot_marker_curves(frame, id="m", title="Markers")
    assert_sound(figure)
    (path,) = [path for path in paths_of(figure, "median") if "h" in path]
    assert path.count("h") == 1, "from day 0 to day 7 and not on to day 14"
    assert [row["n"] for row in numbers(figure)] == ["5", "5", "2"]
    assert "Median and quartiles are drawn where at least 5 patients were measured." in figure.note
    few = figures.plot_marker_curves(measured(4), id="m", title="Markers")
    assert paths_of(few, "median") == []
    assert "drawn where" not in figures.plot_marker_curves(measured(5), id="m", title="Markers").note


def test_a_long_course_is_in_months_and_a_short_one_in_weeks():
    assert "Day (treatment on day 0)" in texts(figures.plot_marker_curves(measured(), id="m", title="M"))
    years = texts(figures.plot_marker_curves(measured(days=(0, 300, 1500)), id="m", title="M"))
    assert "Months since day 0" in years
    assert {"3", "6", "9", "12", "24", "36", "48"} <= set(years)


def test_values_that_have_no_logarithm_are_left_out_and_counted():
    frame = measured()
    frame.loc[0, "value"] = 0
    assert figures.plot_marker_curves(frame, id="m", title="M").description.endswith("1 value of 0 or less left out.")
    assert isinstance(figures.plot_marker_curves(frame.assign(value=0), id="m", title="M"), Notice)


def test_many_patients_and_days_are_thinned_while_the_medians_are_of_all():
    figure = figures.plot_marker_curves(measured(200, range(60)), id="m", title="Markers")
    assert_sound(figure)
    assert "60 of 200 patients are drawn" in figure.description
    rows = numbers(figure)
    assert len(rows) == 40
    assert sum(int(row["n"]) for row in rows) == 2 * 200 * 60


def test_groups_keep_their_order_and_have_a_key():
    frame = measured().assign(group=lambda f: pd.Categorical(np.where(f["subject"] > "P1", "a", "b"), ["b", "a"]))
    figure = figures.plot_marker_curves(frame, id="m", title="Markers")
    assert_sound(figure)
    assert texts_of(figure, "key") == ["b", "a"]


def test_the_largest_value_of_a_marker_scale_is_not_cut_off_at_the_left():
    frame = pd.DataFrame({"subject": "A", "day": [1, 2], "value": [3.0, 9e5]})
    million = "1\u202f000\u202f000"
    figure = figures.plot_marker_curves(frame, id="m", title="Markers")
    (label,) = [text for text in parse(figure).iter(f"{NAMESPACE}text") if text.text == million]
    assert float(label.get("x")) >= text_width(million)


def test_quartiles_of_a_single_measurement_are_left_out_and_no_day_is_halved():
    frame = pd.DataFrame({"subject": list("ABAB"), "day": [1, 60, 276, 277], "value": [3.0, 7.0, 2.0, 4.0]})
    html = figures.plot_marker_curves(frame, id="m", title="Markers").table_html
    assert ">7<" in html and "7 (" not in html
    assert "276.5" not in html and ">276<" in html


def test_the_few_values_around_a_planned_day_are_summarised_with_it():
    days = [0] * 6 + [25] * 4 + [26] * 1 + [27] * 2 + [40] * 1
    frame = pd.DataFrame({"subject": [f"P{i}" for i in range(len(days))], "day": days, "value": 5.0})
    rows = numbers(figures.plot_marker_curves(frame, id="m", title="Markers"))
    assert [(row["day"], row["n"]) for row in rows] == [("0.0", "6"), ("25.0", "7"), ("40.0", "1")]
