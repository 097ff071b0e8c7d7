"""Figures with a lane a patient: order, marks, sampling, and what is missing."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.present import figures
from cartcohort.present.display import Notice
from cartcohort.present.figures import grades
from tests.unit.present.figures.reading import HOSTILE, NAMESPACE, assert_sound, numbers, parse, texts, texts_of


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


def test_the_longest_follow_up_is_on_top():
    assert texts_of(swimmer(), "patient") == ["P2", "P1", "P0"]


def test_status_events_and_periods_are_drawn_with_a_key():
    figure = swimmer(events=EVENTS, spans=SPANS)
    assert_sound(figure)
    assert texts_of(figure, "key") == [
        "CR", "NR", "In response", "Response", "Relapse", "Alive at last contact", "Death",
    ]  # fmt: skip
    assert figure.svg.count('class="alive"') == 2
    assert figure.svg.count('class="dead"') == 1
    assert figure.svg.count('class="event"') == 2
    rows = numbers(figure)
    assert [row["what"] for row in rows if row["subject"] == "P2"] == [
        "follow-up, alive (CR)",
        "In response",
        "Relapse",
    ]


def test_the_description_counts_patients_and_deaths():
    assert swimmer().description == "3 patients, 1 death, longest follow-up 30.0 months."


def test_a_large_cohort_is_sampled_at_even_distances_and_says_so():
    figure = swimmer(lanes(601))
    assert_sound(figure)
    shown = texts_of(figure, "patient")
    assert len(shown) == 60
    assert (shown[0], shown[-1]) == ("P600", "P0")
    note = "60 of 601 patients are drawn, at even distances in the order of follow-up"
    assert texts_of(figure, "note") == [note]
    assert note in figure.description


def test_patients_without_follow_up_are_left_out_and_none_at_all_gives_a_notice():
    frame = lanes().assign(end=[np.nan, 5, 6])
    assert texts_of(swimmer(frame), "patient") == ["P2", "P1"]
    assert isinstance(swimmer(frame.assign(end=np.nan)), Notice)
    assert isinstance(swimmer(lanes().iloc[:0]), Notice)


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
    assert texts_of(figure, "key") == ["CRS grade 1", "CRS grade 4", "ICANS grade 2", "Tocilizumab"]
    assert [figure.svg.count(f'class="grade-{grade}"') for grade in (1, 2, 4)] == [1, 1, 1]
    assert figure.svg.count('class="mark"') == 1


def test_the_description_of_a_timeline_gives_counts_worst_grade_and_onset():
    assert timeline().description == (
        "3 patients. CRS: 2 events, worst grade 4, median onset day 2.5. "
        "ICANS: 1 event, worst grade 2, median onset day 1."
    )


def test_days_may_be_nullable_integers_as_a_study_holds_them():
    frame = toxicity().astype({"onset": "Int64", "resolution": "Int64", "grade": "Int64"})
    assert timeline(frame) == timeline()


def test_a_timeline_of_many_patients_is_sampled():
    figure = timeline(toxicity(300))
    assert len(texts_of(figure, "patient")) == 60
    assert "60 of 300 patients are drawn" in figure.description


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
    assert texts_of(figure, "key") == ["None", "Grade 1", "Grade 3"]
    assert "Nobody" not in "".join(texts(figure))
    assert "Low 低, 15 patients: none 2 (13.3%), grade 1 9 (60.0%), grade 3 4 (26.7%)." in figure.description


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


def test_the_labels_of_many_states_do_not_touch():
    states = ("positive", "dim", "negative", "unknown")
    after = [f"CD19 {one}, CD22 {other}" for one in states for other in states]
    flow = pd.DataFrame({"before": "both", "after": after, "n": [9, 1] * 8})
    figure = figures.plot_flow(flow, id="f", title="Antigens")
    assert_sound(figure)
    drawn = [text for text in parse(figure).iter(f"{NAMESPACE}text") if text.get("text-anchor") != "end"]
    lines = sorted(float(text.get("y")) for text in drawn)
    assert min(np.diff(lines)) >= 13
    assert lines[-1] < float(parse(figure).get("viewBox").split()[3])


def test_patients_of_unknown_grade_have_a_bar_of_their_own():
    counts = pd.DataFrame({0: [100], 3: [11], grades.UNGRADED: [26]}, index=["acute GVHD"])
    figure = figures.plot_grade_bars(counts, id="g", title="Grades")
    assert_sound(figure)
    assert texts_of(figure, "key") == ["None", "Grade 3", "Grade not recorded"]
    assert "grade not recorded 26 (19.0%)" in figure.description
