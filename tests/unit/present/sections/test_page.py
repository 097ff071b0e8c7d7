from types import SimpleNamespace

import pandas as pd
import pytest

from cartcohort.present.sections.page import note_imputed, present_flow


def flow(n, *exclusions):
    return present_flow(SimpleNamespace(subjects=pd.DataFrame({"subject_id": range(n)}), exclusions=exclusions))


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (12000, "All 12\u202f000 patients of the study are analysed."),
        (1, "The only patient of the study is analysed."),
    ],
)
def test_where_nobody_is_left_out_a_sentence_says_so(n, said):
    assert flow(n).text == said


def test_those_left_out_are_counted_with_the_reason():
    assert flow(3, ("not infused", 2)).csv == (
        "step,n\nPatients in the study,5\nLeft out: not infused,2\nPatients analysed,3\n"
    )
    assert "Patients analysed" in flow(0, ("not infused", 2)).html


def dates_known_to(*precisions):
    cohort = SimpleNamespace(imputed=pd.DataFrame({"precision": list(precisions)}), day_zero="infusion")
    return [sentence.text for sentence in note_imputed(cohort)]


RULE = (
    "as the middle of it, the 15th or 1 July, moved as little as needed to keep the order of infusion, events, last "
    "contact or death, and data cut-off."
)


@pytest.mark.parametrize(
    ("precisions", "said"),
    [
        ((), []),
        (("month",), [f"1 date was known only to the month. It counts {RULE}"]),
        (("year", "year"), [f"2 dates were known only to the year. They count {RULE}"]),
        (
            ("month", "year", "month", "month"),
            [f"3 dates were known only to the month and 1 only to the year. They count {RULE}"],
        ),
    ],
)
def test_partial_dates_are_counted_with_what_they_count_as(precisions, said):
    assert dates_known_to(*precisions) == said
