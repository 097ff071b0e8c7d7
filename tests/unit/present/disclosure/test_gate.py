"""What a masked notebook shows: the released, and nothing of what it made from the patients."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import display
from cartcohort.present.disclosure import open_gate
from cartcohort.present.disclosure.released import list_withheld
from cartcohort.present.display import Figure, KeyResult, Notice, PageHeader, Sentence, Summary, Table

SECRET = "the oldest patient"
RELEASED = SimpleNamespace(
    k=5,
    n=30,
    least_events=5,
    outcomes={"response": 18},
    factors={"arm": {"a": 14, "b": 16}},
    breakdowns={("arm", "response"): {"a": 9, "b": 9}},
    life_tables={},
    withheld=["remission", "arm/remission", "site", "os", "death"],
    labels={"arm": "Arm", "site": "Site"},
    words={
        "response": SimpleNamespace(section="efficacy", label="Response", had="had a response"),
        "remission": SimpleNamespace(section="efficacy", label="Remission", had="had CR"),
        "death": SimpleNamespace(section="survival", label="Death", had="died"),
    },
    results=ResultSet(
        {
            "efficacy/released/response": Result(estimate=0.6, n_event=18, n=30, unit="proportion", label="Response"),
            "efficacy/released/response/arm/a": Result(estimate=9 / 14, n_event=9, n=14, unit="proportion"),
            "efficacy/released/response/arm/b": Result(estimate=9 / 16, n_event=9, n=16, unit="proportion"),
            "efficacy/released/response/arm/test": Result(p_value=0.72, method="Fisher's exact test"),
            "survival/released/death": Result(estimate=0.5, n_event=15, n=30, unit="proportion"),
        }
    ),
)


@pytest.fixture
def shown(monkeypatch):
    items = []
    monkeypatch.setattr(display, "display", items.append)
    return items


def gate(section="efficacy"):
    return open_gate(RELEASED, section=section, parameters={"p_style": "journal"})


def secret_table(id="efficacy-flow"):
    return Table(id=id, caption=SECRET, html=SECRET, text=SECRET, csv=SECRET)


def secret_figure(id="efficacy-swimmer"):
    return Figure(id=id, title=SECRET, svg=SECRET, description=SECRET, csv=SECRET, table_html=SECRET)


def bundles(items):
    return str([item._repr_mimebundle_() for item in items])


def test_a_run_that_masks_nothing_shows_what_the_notebook_made():
    assert open_gate(None, section="efficacy", parameters={}) == (display.show, display.show_results)


def test_an_exhibit_without_a_rule_is_withheld_with_one_line_for_all(shown):
    show, _ = gate()
    show(secret_table(), secret_figure(), Sentence(SECRET), Notice(SECRET))
    assert [item.text for item in shown] == ["Withheld: what belongs here could tell of fewer than 5 patients."]


def test_sentences_alone_give_way_without_a_line(shown):
    show, _ = gate()
    show(Sentence(SECRET))
    assert shown == []


def test_a_released_exhibit_takes_the_place_of_the_one_it_stands_for(shown):
    show, _ = gate()
    show(secret_figure("efficacy-response"), secret_table("efficacy-response"), secret_figure())
    table, line = shown
    assert table.id == "efficacy-released-outcomes"
    assert "18/30" in table.text
    assert line.text == "Withheld: what else belongs here could tell of fewer than 5 patients."
    assert SECRET not in bundles(shown)


def test_what_columns_the_study_lacks_is_said_and_nothing_shown(shown):
    show, _ = gate()
    show(secret_table("efficacy-response"), needs=["best_response"])
    assert [item.text for item in shown] == [
        "Not shown: the study lacks the column best_response, or leaves it empty."
    ]


def test_the_results_handed_over_are_the_released_ones_of_the_section(shown):
    _, show_results = gate()
    show_results(ResultSet({"efficacy/secret": Result(estimate=1, label=SECRET)}))
    *exhibits, records = shown
    assert list(records.results) == [name for name in RELEASED.results if name.startswith("efficacy/")]
    assert [item.id for item in exhibits] == [  # their places never came
        "efficacy-released-patients", "efficacy-released-outcomes", "efficacy-released-response"
    ]  # fmt: skip
    assert SECRET not in bundles(shown)


def test_the_header_is_shown_with_what_is_masked_beneath(shown):
    show, _ = gate()
    header = PageHeader("Study", 30, "infused", False, None, SECRET, None, {})
    show(header, Sentence(SECRET))
    assert shown[0] == replace(header, source="")  # its words may count patients who were left out
    assert SECRET not in bundles(shown)
    assert shown[1].text.startswith("For sharing. Nothing on this page tells of 1 to 4 patients")
    assert len(shown) == 2


def test_the_summary_is_made_anew(shown):
    show, _ = gate()
    show(Summary([KeyResult(SECRET, "1")], SECRET, thumbnail="efficacy-swimmer", warning=SECRET))
    (summary,) = shown
    assert summary.paragraph == "18 of 30 patients (60.0%) had a response."
    assert [(key.label, key.value) for key in summary.key_results] == [("Response", "60.0%"), ("Patients", "30")]
    assert (summary.thumbnail, summary.warning) == ("", "")


def test_parameters_are_shown_with_the_rules_and_what_they_withheld(shown):
    show, _ = gate()
    parameters = secret_table("efficacy-parameters")
    show(parameters)
    rules, named, table = shown
    assert rules.text.startswith("Masking (min_cell_count = 5): a set of patients is counted only if")
    assert named.text == "Looked at and withheld here: Remission, Remission by Arm, and Site."
    assert table is parameters


def test_each_section_names_what_it_would_have_told():
    assert list_withheld(RELEASED, "survival") == ["OS over time", "Death"]
    assert list_withheld(RELEASED, "safety") == []


def test_an_outcome_of_all_or_none_is_not_broken_down(shown):
    released = SimpleNamespace(**{**vars(RELEASED), "outcomes": {"response": 30}})
    show, _ = open_gate(released, section="efficacy", parameters={})
    show(secret_table("efficacy-by-factor"))
    assert [item.text for item in shown] == ["Withheld: what belongs here could tell of fewer than 5 patients."]


def test_a_section_of_which_nothing_is_released_says_so(shown):
    show, show_results = gate("safety")
    show(secret_table("safety-grades"))
    assert shown[0].text == "Withheld: no outcome can be counted without telling of fewer than 5 patients."
    show_results(ResultSet())
    assert len(shown[-1].results) == 0
