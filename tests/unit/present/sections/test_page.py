from types import SimpleNamespace

import pandas as pd
import pytest

from cartcohort.present.sections.page import present_flow


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
