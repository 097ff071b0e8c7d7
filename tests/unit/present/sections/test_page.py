"""What every page says of its cohort: who was treated, what is not recorded, how patients were selected."""

from types import SimpleNamespace

import pandas as pd
import pytest

from cartcohort.parameters import read_parameters
from cartcohort.present.display import Notice, Summary
from cartcohort.present.sections import page

LABELS = {"best_response": "Best response", "relapse_day": "Relapse", "new_therapy_day": "New therapy"}


def cohort(**changes):
    known = {
        "title": "T",
        "source": "",
        "synthetic": False,
        "data_cutoff_date": None,
        "subjects": pd.DataFrame(index=range(137)),
        "labels": LABELS,
        "day_zero": "infusion",
        "selected_by": (),
        "exclusions": (),
    }
    return SimpleNamespace(**{**known, **changes})


@pytest.mark.parametrize(
    ("day_zero", "population", "said"),
    [
        ("infusion", "infused", "infused"),
        ("transplant", "infused", "transplanted"),
        ("transplant", "evaluable", "evaluable"),
    ],
)
def test_the_header_says_what_was_done_to_the_patients(day_zero, population, said):
    parameters = read_parameters({"population": population, "report_date": None})
    header = page.open_page(cohort(day_zero=day_zero), parameters)
    assert header.population == said


def test_endpoints_that_cannot_be_told_apart_from_overall_survival_are_named_with_what_is_lacking():
    unrecorded = {"pfs": ("best_response", "relapse_day"), "efs": ("best_response", "relapse_day", "new_therapy_day")}
    assert page.note_unrecorded(unrecorded, LABELS) == [
        Notice("Progression-free survival is not shown: neither best response nor relapse is recorded."),
        Notice("Event-free survival is not shown: neither best response, relapse, nor new therapy is recorded."),
    ]
    assert page.note_unrecorded({}, LABELS) == []


def test_a_selection_by_what_came_later_opens_the_paragraph():
    summary = Summary([], "Median overall survival was 12.2 months.")
    assert page.flag_selection(summary, cohort()) is summary
    selected = cohort(selected_by=("best_response",), day_zero="transplant")
    assert page.flag_selection(summary, selected).paragraph == (
        "Patients were selected by best response, known only after transplant, so survival counted from transplant "
        "is biased. Median overall survival was 12.2 months."
    )
