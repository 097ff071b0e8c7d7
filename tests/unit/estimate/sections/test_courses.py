"""The course of each patient for the swimmer plot."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate.results import DAYS_PER_MONTH
from cartcohort.estimate.sections import courses

SUBJECTS = pd.DataFrame(
    {
        "subject_id": ["A", "B", "C"],
        "best_response": pd.Categorical(["CR", "NR", None], categories=["CR", "CRi", "PR", "NR", "NE"], ordered=True),
        "second_infusion_day": pd.array([30, pd.NA, pd.NA], dtype="Int64"),
        "relapse_day": pd.array([200, pd.NA, pd.NA], dtype="Int64"),
        "progression_day": pd.array([pd.NA, 25, pd.NA], dtype="Int64"),
        "new_therapy_day": pd.array([pd.NA] * 3, dtype="Int64"),
        "hsct_day": pd.array([pd.NA, pd.NA, 500], dtype="Int64"),
    }
)


def endpoint(subjects, days, event, origin_day):
    return SimpleNamespace(
        subjects=subjects,
        time_days=np.array(days, dtype=int),
        event=np.array(event, dtype=bool),
        origin_day=np.array(origin_day, dtype=int),
    )


@pytest.fixture
def found():
    survival = endpoint(SUBJECTS, [400, 90, 300], [False, True, False], [0, 0, 0])
    duration = endpoint(SUBJECTS[:1], [170], [True], [30])
    return courses.arrange_courses(survival, duration)


def test_a_lane_ends_at_death_or_last_contact_in_months(found):
    assert found.lanes["end"].tolist() == pytest.approx(
        [400 / DAYS_PER_MONTH, 90 / DAYS_PER_MONTH, 300 / DAYS_PER_MONTH]
    )
    assert found.lanes["status"].tolist() == ["alive", "dead", "alive"]


def test_a_patient_of_unknown_response_is_called_so(found):
    assert found.lanes["group"].tolist() == ["CR", "no response", "unknown"]
    assert list(found.lanes["group"].cat.categories) == ["CR", "no response", "unknown"]


def test_response_spans_from_the_first_response_to_its_end(found):
    (span,) = found.spans.to_dict("records")
    assert (span["subject"], span["state"]) == ("A", "in response")
    assert (span["start"], span["end"]) == pytest.approx((30 / DAYS_PER_MONTH, 200 / DAYS_PER_MONTH))


def test_events_are_listed_up_to_the_end_of_follow_up(found):
    listed = list(zip(found.events["subject"], found.events["event"], strict=True))
    assert listed == [
        ("A", "second infusion"),
        ("A", "relapse"),
        ("B", "progression"),
    ]  # C's transplant lies after it
    assert list(found.events["event"].cat.categories) == ["second infusion", "relapse", "progression"]


def test_nobody_gives_empty_tables():
    none = endpoint(SUBJECTS[:0], [], [], [])
    empty = courses.arrange_courses(none, none)
    assert empty.lanes.empty and empty.events.empty and empty.spans.empty
