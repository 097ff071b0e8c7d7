"""Figures with a lane a patient: order, marks, sampling, and what is missing."""

import re

import numpy as np
import pandas as pd
import pytest

from cartcohort.present import figures
from cartcohort.present.display import Notice
from cartcohort.present.figures import grades
from cartcohort.present.figures import timeline as timelines
from tests.unit.present.figures.reading import (
    HOSTILE,
    NAMESPACE,
    assert_sound,
    numbers,
    parse,
    paths_of,
    texts,
    texts_of,
)


def lanes(n=3):
    return pd.DataFrame(
        {
            "subject": [f"P{i}" for i in range(n)],
            "end": np.linspace(1, 30, n),
            "status": ["alive", "dead"] * (n // 2) + ["alive"] * (n % 2),
            "group": pd.Categorical(["CR", "NR"] * (n // 2) + ["CR"] * (n % 2), categories=["CR", "NR"]),
        }
    )


def swimmer(frame=None, **options):
    return figures.plot_swimmer(lanes() if frame is None else frame, id="swim", title="Course", **options)


EVENTS = pd.DataFrame(
    {"subject": ["P0", "P2", "P9"], "time": [0.5, 10, 1], "event": ["Response", "Relapse", "Relapse"]}
)
SPANS = pd.DataFrame({"subject": ["P2", "P1"], "start": [1, 2], "end": [10, np.nan], "state": ["In response"] * 2})


def test_groups_stand_together_and_in_each_the_longest_follow_up_on_top():
    assert texts_of(swimmer(), "heading") == ["CR (n = 2)", "NR (n = 1)"]
    assert texts_of(swimmer(), "patient") == ["P2", "P0", "P1"]
    alone = swimmer(lanes().drop(columns="group"))
    assert (texts_of(alone, "heading"), texts_of(alone, "patient")) == ([], ["P2", "P1", "P0"])


def test_status_events_and_periods_are_drawn_with_a_key():
    figure = swimmer(events=EVENTS, spans=SPANS)
    assert_sound(figure)
    assert texts_of(figure, "key") == [
        "In response", "Rest of follow-up", "Response", "Relapse", "Alive at last contact", "Death",
    ]  # fmt: skip
    assert figure.svg.count('class="alive"') == 2
    assert figure.svg.count('class="dead"') == 1
    assert figure.svg.count('class="event"') == 2
    assert len(paths_of(figure, "lane")) == 3
    assert len(paths_of(figure, "span")) == 1
    rows = numbers(figure)
    assert [row["what"] for row in rows if row["subject"] == "P2"] == [
        "follow-up, alive (CR)",
        "In response",
        "Relapse",
    ]


def test_the_description_counts_patients_and_deaths():
    assert swimmer().description == "3 patients, 1 death, longest follow-up 30.0 months."
    assert swimmer(events=EVENTS).description == (
        "3 patients, 1 death, longest follow-up 30.0 months. Marked on the way: Response 1, Relapse 2."
    )


def test_a_large_cohort_is_sampled_at_even_distances_and_says_so():
    figure = swimmer(lanes(601))
    assert_sound(figure)
    shown = texts_of(figure, "patient")
    assert len(shown) == 60
    assert {"P600", "P0"} < set(shown)
    assert texts_of(figure, "heading") == ["CR (n = 301)", "NR (n = 300)"], "all, not those drawn"
    note = "60 of 601 patients are drawn, at even distances in the order of follow-up."
    assert note in figure.note
    assert note in figure.description


def test_patients_without_follow_up_are_left_out_and_none_at_all_gives_a_notice():
    frame = lanes().assign(end=[np.nan, 5, 6])
    assert texts_of(swimmer(frame), "patient") == ["P2", "P1"]  # of CR and of NR
    assert isinstance(swimmer(frame.assign(end=np.nan)), Notice)
    assert isinstance(swimmer(lanes().iloc[:0]), Notice)


def test_the_first_year_of_long_courses_is_drawn_wider():
    assert swimmer().note == (
        "One bar a patient, from day 0 to death or last contact. The first year is drawn wider than later ones."
    )
    assert swimmer(lanes().assign(end=[2, 3, 4])).note == "One bar a patient, from day 0 to death or last contact."


def test_hostile_names_stay_text():
    frame = lanes().assign(subject=[HOSTILE, "b", "c"])
    events = pd.DataFrame({"subject": ["b"], "time": [1.0], "event": [HOSTILE]})
    figure = swimmer(frame, events=events)
    assert "<script" not in figure.svg + figure.table_html
    assert figure == swimmer(frame, events=events)


def toxicity(n=3):
    return pd.DataFrame(
        {
            "subject": [f"P{i}" for i in range(n)],
            "term": ["CRS", "ICANS", "CRS"] * (n // 3),
            "grade": [1, 2, 4] * (n // 3),
            "onset": [3, 1, 2] * (n // 3),
            "resolution": [7, None, 2] * (n // 3),
        }
    )


def timeline(frame=None, **options):
    return figures.plot_timeline(toxicity() if frame is None else frame, id="tox", title="CRS and ICANS", **options)


def test_a_timeline_is_ordered_by_first_onset_with_a_bar_an_event():
    marks = pd.DataFrame({"subject": ["P0", "P7"], "time": [4, 4], "mark": ["Tocilizumab"] * 2})
    figure = timeline(marks=marks)
    assert_sound(figure)
    assert texts_of(figure, "patient") == ["P1", "P2", "P0"]
    assert texts_of(figure, "key") == ["CRS", "ICANS", "Tocilizumab"]
    assert texts_of(figure, "grade") == ["1", "2", "4"]
    assert [figure.svg.count(f'class="grade-{grade}"') for grade in (1, 2, 4)] == [1, 1, 1]
    assert figure.svg.count('class="mark"') == 1


def test_marks_of_one_day_stand_one_below_the_other():
    marks = pd.DataFrame({"subject": ["P0"] * 3, "time": [4, 4, 6], "mark": ["Tocilizumab", "Steroid", "Steroid"]})
    assert list(timelines._spread(marks)["shift"]) == pytest.approx([-0.28, 0.28, 0])
    assert timeline(marks=marks).note == "Numbers: worst grade of the episode."


def test_a_bar_alone_is_centred_on_its_patient_and_two_terms_stand_one_below_the_other():
    frame = pd.DataFrame(
        {"subject": ["A", "A", "B"], "term": ["CRS", "ICANS", "ICANS"], "grade": [1, 2, 3], "onset": [1, 2, 3]}
    ).assign(resolution=9)
    figure = timeline(frame)
    middles = {}
    for grade in (1, 2, 3):
        (path,) = paths_of(figure, f"grade-{grade}")
        _, down, height = re.match(r"M([\d.]+) ([\d.]+)h[\d.]+v(-?[\d.]+)", path).groups()
        middles[grade] = float(down) + float(height) / 2
    a, b = (
        float(re.search(r" ([\d.]+)\)", text.get("transform"))[1]) - 3.5
        if text.get("transform")
        else float(text.get("y")) - 3.5
        for text in parse(figure).iter(f"{NAMESPACE}text")
        if text.text in ("A", "B")
    )
    assert middles[3] == pytest.approx(b, abs=0.1)
    assert middles[1] < a < middles[2]
    assert (middles[1] + middles[2]) / 2 == pytest.approx(a, abs=0.1)


def test_the_description_of_a_timeline_gives_counts_worst_grade_and_onset():
    assert timeline().description == (
        "3 patients. CRS: 2 events, worst grade 4, median onset day 2.5. "
        "ICANS: 1 event, worst grade 2, median onset day 1."
    )


def test_days_may_be_nullable_integers_as_a_study_holds_them():
    frame = toxicity().astype({"onset": "Int64", "resolution": "Int64", "grade": "Int64"})
    assert timeline(frame) == timeline()


def test_an_event_without_a_recorded_end_is_not_said_to_have_resolved():
    frame = toxicity().assign(resolution=[7, None, None], death=[None, None, 9])
    figure = timeline(frame)
    assert ">–<sup>a</sup>" in figure.table_html and "<sup>a</sup> no recorded end." in figure.table_html
    assert "<sup>b</sup> no recorded end; died on day 9." in figure.table_html
    assert [row["resolution"] for row in numbers(figure)] == ["7.0", "", ""]
    assert [row["death"] for row in numbers(figure)] == ["", "", "9.0"]


def test_a_timeline_of_many_patients_is_sampled():
    figure = timeline(toxicity(300))
    assert len(texts_of(figure, "patient")) == 60
    assert "60 of 300 patients are drawn" in figure.description
    assert "60 of 300 patients are drawn" in figure.note


@pytest.mark.parametrize("frame", [toxicity().iloc[:0], toxicity().assign(onset=np.nan)])
def test_no_event_gives_a_notice(frame):
    assert isinstance(timeline(frame), Notice)


def test_bars_show_the_number_of_patients_by_grade():
    counts = pd.DataFrame(
        {0: [2, 0, 0], 1: [9, 0, 13], 3: [4, 0, 1]}, index=["Low 低", "Nobody", "A rather long name"]
    )
    figure = figures.plot_grade_bars(counts, id="g", title="CRS")
    assert_sound(figure)
    assert texts_of(figure, "count") == ["2", "9", "4", "13", "1"]
    assert texts_of(figure, "group") == ["Low 低, n = 15", "A rather long name, n = 14"]
    assert texts_of(figure, "severe") == ["4 (26.7%)", "1 (7.1%)"]
    assert texts_of(figure, "key") == ["None", "Grade 1", "Grade 3"]
    assert "Nobody" not in "".join(texts(figure))
    assert "Low 低, 15 patients: none 2 (13.3%), grade 1 9 (60.0%), grade 3 4 (26.7%)." in figure.description


def test_the_number_of_patients_stands_once_where_all_bars_have_it():
    counts = pd.DataFrame({0: [30, 20], 1: [5, 15]}, index=["Fever", "Rash"])
    figure = figures.plot_grade_bars(counts, id="g", title="Events", x_label="Share of the patients")
    assert texts_of(figure, "group") == ["Fever", "Rash"]
    assert "Share of the patients (n = 35)" in texts(figure)
    assert texts_of(figure, "severe") == []
    assert "Grade ≥3" not in texts(figure)


def test_bars_without_patients_give_a_notice():
    assert isinstance(figures.plot_grade_bars(pd.DataFrame({0: [0]}, index=["a"]), id="g", title="CRS"), Notice)
    assert isinstance(figures.plot_grade_bars(pd.DataFrame(), id="g", title="CRS"), Notice)


def test_a_flow_is_as_wide_as_its_patients():
    flow = pd.DataFrame({"before": ["+/+", "+/+", "+/−"], "after": ["+/+", "dim", "+/+"], "n": [7, 2, 1]})
    figure = figures.plot_flow(flow, id="f", title="Antigens")
    assert_sound(figure)
    assert figure.svg.count('class="ribbon"') == 3
    assert texts_of(figure, "state") == [
        "+/+",
        "9 (90.0%)",
        "+/−",
        "1 (10.0%)",
        "+/+",
        "8 (80.0%)",
        "dim",
        "2 (20.0%)",
    ]
    assert sum(int(row["n"]) for row in numbers(figure)) == 10
    assert figure.description.startswith("10 patients. +/+ to +/+: 7 (70.0%).")
    assert isinstance(figures.plot_flow(flow.iloc[:0], id="f", title="Antigens"), Notice)


def test_from_a_single_state_before_a_bar_stands_for_each_state_after():
    flow = pd.DataFrame({"before": "both", "after": ["kept", "lost"], "n": [8, 2]})
    figure = figures.plot_flow(flow, id="f", title="Antigens")
    assert_sound(figure)
    assert texts_of(figure, "before") == ["Before infusion: both"]
    assert texts_of(figure, "after") == ["At relapse (n = 10)"]
    assert texts_of(figure, "state") == ["kept", "8 (80.0%)", "lost", "2 (20.0%)"]
    kept, lost = (float(re.search(r"h([\d.]+)", path)[1]) for path in paths_of(figure, "bar"))
    assert kept == pytest.approx(4 * lost)


@pytest.mark.parametrize("n_before", [1, 2])
def test_the_labels_of_many_states_do_not_touch(n_before):
    states = ("positive", "dim", "negative", "unknown")
    after = [f"CD19 {one}, CD22 {other}" for one in states for other in states]
    before = ["both", "one"] * 8 if n_before == 2 else "both"
    flow = pd.DataFrame({"before": before, "after": after, "n": [9, 1] * 8})
    figure = figures.plot_flow(flow, id="f", title="Antigens")
    assert_sound(figure)
    drawn = [text for text in parse(figure).iter(f"{NAMESPACE}text") if text.text.startswith("CD19")]
    lines = sorted(float(text.get("y")) for text in drawn)
    assert len(lines) == 16
    assert min(np.diff(lines)) >= 26
    assert lines[-1] < float(parse(figure).get("viewBox").split()[3])


def test_patients_of_unknown_grade_have_a_bar_of_their_own():
    counts = pd.DataFrame({0: [100], 3: [11], grades.UNGRADED: [26]}, index=["acute GVHD"])
    figure = figures.plot_grade_bars(counts, id="g", title="Grades")
    assert_sound(figure)
    assert texts_of(figure, "key") == ["None", "Grade 3", "Grade not recorded"]
    assert "grade not recorded 26 (19.0%)" in figure.description
