"""What would tell a redacted value is found however it is written, and other words are left alone."""

import json
from html import escape

import pytest

from cartcohort.errors import ReportError
from cartcohort.render.redaction import refuse_told

SUBSET = "site in ['Zürich', \"O'Neil\"] and age_years < 40"


def refuse(text, value=SUBSET, redact=("subset",)):
    refuse_told({"page.html": text}, {"redact": list(redact), "subset": value})


@pytest.mark.parametrize(
    "text",
    [
        f"kept: {SUBSET}.",
        escape(SUBSET),
        escape(escape(SUBSET)),
        json.dumps(SUBSET),
        json.dumps(json.dumps(SUBSET)),
        repr(SUBSET),
        SUBSET.replace(" ", "\N{NO-BREAK SPACE}"),
        SUBSET.replace(" and ", "\n  and "),
        '"' + SUBSET.replace('"', '""') + '"',
    ],
)
def test_a_value_is_found_however_it_is_quoted_escaped_and_spaced(text):
    with pytest.raises(ReportError, match=r"page\.html would tell the value of `subset`") as caught:
        refuse(text)
    assert "Neil" not in str(caught.value)


def test_other_words_and_what_is_not_redacted_are_left_alone():
    refuse("site and age_years < 40")
    refuse(SUBSET, redact=())
    refuse(SUBSET, value=None)
    refuse("The infused patients", value="infused")


def test_the_example_in_the_explanation_of_the_parameter_is_no_value():
    explained = "patients to keep, such as tumor_burden == &#39;high&#39; and age_years &gt;= 40; None keeps all"
    refuse(f"<td>{explained}</td>", value="age_years >= 40")
    with pytest.raises(ReportError):
        refuse(f"<td>{explained}</td>patients with age_years >= 40", value="age_years >= 40")
