"""Under other conventions than the defaults every table and figure says the ones that govern it, and no other."""

import functools
import html
import json
import re

import pytest

from cartcohort.present.display import MIME_FIGURE, MIME_TABLE
from tests.notebooks.execute import NOTEBOOKS, SECTIONS, run_notebook

CHOSEN = {
    "conf_level": 0.9,
    "conf_type": "plain",
    "ties": "breslow",
    "median_rule": "first",
    "past_follow_up": "carry",
}
OF_OTHERS = re.compile(r"\b95%|Efron|the midpoint of a step")
INTERVAL = re.compile(r"\d%? \(−?[\d.]+%?(–| to )[^()]*\)")
# What these tables hold in brackets is a range of observed values.
RANGES = {"efficacy-baseline", "safety-treatment", "safety-by-infusion", "relapse-markers", "risk-leave-one-out"}

each_section = pytest.mark.parametrize("section", SECTIONS)


@functools.cache
def exhibits(section):
    """Text of the body and of the note of every table and figure, by id; parameters are no exhibit."""
    code = json.loads((NOTEBOOKS / f"{section}.ipynb").read_text(encoding="utf-8"))["cells"]
    declared = "".join("".join(cell["source"]) for cell in code if "parameters" in cell["metadata"].get("tags", []))
    found = {}
    for bundle in run_notebook(section, **{k: v for k, v in CHOSEN.items() if f"{k}:" in declared}).bundles:
        if MIME_TABLE in bundle:
            body, _, note = bundle["text/html"].partition("</table></div>")
            found["table", bundle[MIME_TABLE]["id"]] = (plain(body), plain(note))
        if MIME_FIGURE in bundle:
            figure = bundle[MIME_FIGURE]
            body = plain(bundle["image/svg+xml"]) + figure["description"]
            found["figure", figure["id"]] = (body, figure["note"])
    return {key: text for key, text in found.items() if not key[1].endswith(("-parameters", "-self-check"))}


def plain(markup):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)))


@each_section
def test_no_exhibit_names_a_convention_that_is_not_in_force(section):
    for key, texts in exhibits(section).items():
        assert not OF_OTHERS.search(" ".join(texts)), key
        scales = re.findall(r"[^.]*log-log limits", " ".join(texts))
        assert all("Aalen-Johansen" in scale for scale in scales), key


@each_section
def test_where_there_are_limits_their_level_is_told(section):
    bounded = {
        key: " ".join(texts)
        for key, texts in exhibits(section).items()
        if key[1] not in RANGES and (INTERVAL.search(texts[0]) or " CI" in texts[0])
    }
    assert len(bounded) >= 3
    assert not [key for key, text in bounded.items() if "90%" not in text]


@each_section
def test_limits_of_curves_and_ratios_tell_their_kind(section):
    for key, (body, note) in exhibits(section).items():
        if "Kaplan-Meier" in note:
            assert re.search("plain limits|exact|area under", note), key
        if re.search(r"\bCox model", note) and "Firth" not in note:
            assert "Breslow ties" in note, key
        if key[0] == "figure" and re.search(r"\bCI\b", body):
            assert note, key


@pytest.mark.parametrize(
    ("past_follow_up", "said"),
    [
        ("carry", "Beyond the last follow-up the last value is carried on."),
        ("not_estimable", "not estimable: beyond the last follow-up."),
    ],
)
def test_what_becomes_of_survival_beyond_the_last_follow_up_is_told(past_follow_up, said):
    shown = run_notebook("survival", timepoints_months=[12, 60], past_follow_up=past_follow_up)
    (table,) = [b for b in shown.bundles if b.get(MIME_TABLE, {}).get("id") == "survival-endpoints"]
    assert said in plain(table["text/html"])
