"""Everything that the page of a comparison says."""

import re
from html.parser import HTMLParser

import pytest

from cartcohort.present.comparison import present_comparison
from tests.unit.present.comparison.found import FALLING, NOTHING, STEEPER, crossing, differences, flip, move, record
from tests.unit.present.figures.reading import HOSTILE

NAMES = ("one", "two")


class Cells(HTMLParser):
    """The rows of a table as lists of texts, ends of cells left out as HTML allows."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th") or (self.inside and tag in ("i", "b", "p", "span"))
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1] and self.inside is not None:
            self.rows[-1][-1] += data


def rows_of(html):
    """The rows of a table."""
    return [[cell.strip() for cell in row] for row in Cells(html).rows]


def present(found, inputs=NOTHING, figures=None):
    return present_comparison(found, inputs, figures or {}, NAMES)


def test_runs_with_the_same_numbers_say_that_nothing_moved():
    shown = present(differences(n_compared=2204))
    assert shown.summary == "Nothing moved: 2204 results of both runs are the same to the last digit."
    html = (shown.flips_html, shown.answers_html, shown.inputs_html, shown.top_html, shown.methods_html)
    assert html == ("",) * 5
    assert (shown.sections, shown.figures, shown.flips, shown.unseen) == ((), (), (), "")


def test_a_conclusion_that_flipped_is_told_with_its_numbers_and_others_with_the_same_ones():
    lost = crossing()
    interval = crossing("interval", 1.0, "above", "across")
    fields = {"unit": "hazard ratio", "label": "PFS: high vs low"}
    first = move(
        {"estimate": 2.9, "conf_low": 1.1, "conf_high": 8.0, "p_value": 0.04},
        {"estimate": 2.6, "conf_low": 0.9, "conf_high": 7.7, "p_value": 0.071},
        crossings=(lost, interval),
        name="survival/pfs/cox/risk/high",
        **fields,
    )
    again = move({"p_value": 0.04}, {"p_value": 0.071}, crossings=(lost,), name="risk_factors/pfs/wald/risk")
    found = differences([first, again], [flip(first, again)])
    shown = present(found)
    assert shown.flips == (
        "PFS: high vs low: 2.90 (1.10–8.00) → 2.60 (0.90–7.70): p 0.040 → 0.071; 95% CI includes 1 in B "
        "(and 1 result with the same numbers)",
    )
    rows = rows_of(shown.flips_html)
    assert rows[1] == ["Shown in A, not in B (1)"]
    assert rows[2][1:4] == ["p 0.040 → 0.071; 95% CI includes 1 in B", "2.90 (1.10–8.00)", "2.60 (0.90–7.70)"]
    assert "The same numbers: RISK_FACTORS/PFS/WALD/RISK (Risk factors)" in rows[2][0]
    assert (shown.counts.flipped, shown.counts.flipped_results) == (1, 2)


def test_another_level_of_confidence_is_named_where_an_interval_flips_by_it():
    gained = crossing("interval", 0.0, "across", "below", direction="gained")
    one = move(
        {"conf_low": -0.4, "conf_high": 0.1},
        {"conf_low": -0.3, "conf_high": -0.1, "conf_level": 0.9},
        estimate=-0.2,
        unit="proportion",
        crossings=(gained,),
    )
    assert "90% CI excludes 0 in B (95% CI in A)" in present(differences([one], [flip(one)])).flips[0]


def test_what_is_reached_in_one_run_only_is_told_with_the_reason():
    reached = move(
        {"estimate": 33.3, "conf_low": 2.6}, {"note": "not reached", "conf_low": 1.8}, answer="lost", n=12, n_event=6
    )
    rows = rows_of(present(differences([reached])).answers_html)
    assert rows[1:] == [
        ["Only in A"],
        ["SURVIVAL/OS/MEDIAN months, Survival, not reached", "6/12", "33.3 (2.6–NR)", "NR (1.8–NR)"],
    ]


def test_moves_are_folded_by_family_the_farthest_first_and_repeated_labels_told_apart():
    one = {"estimate": 1.0}
    near = move(one, {"estimate": 2.0}, name="survival/os/rate/a", shift=0.1, label="Same")
    far = move(one, {"estimate": 3.0}, name="survival/os/rate/b", shift=-2.0, outside=True, label="Same")
    other = move({"estimate": 1.0}, {"estimate": 3.0}, name="safety/crs/any")
    shown = present(differences([near, far, other]))
    assert [(section.title, section.size) for section in shown.sections] == [
        ("Survival", "2 results"),
        ("Safety", "1 result"),
    ]
    family = shown.sections[0].families[0]
    assert (family.title, family.size) == ("OS", "2")
    labels = [row[0] for row in rows_of(family.html)[1:]]
    assert labels == ["Same months, rate/b", "Same months, rate/a"]
    assert re.search(r"<b>3\.0 \(NE\)</b>", family.html)
    assert [row[0] for row in rows_of(shown.top_html)[1:]] == ["Same months, Survival"] * 2


def test_a_large_family_has_headings():
    moves = [
        move({"estimate": 1.0}, {"estimate": 2.0}, name=f"survival/os/{kind}/{at}", shift=0.1)
        for kind in ("landmark_strip", "median")
        for at in range(7)
    ]
    rows = rows_of(present(differences(moves)).sections[0].families[0].html)
    assert [row[0] for row in rows if len(row) == 1] == ["Landmark strip", "Median"]


def test_what_moved_unseen_is_counted_apart_with_the_largest_step():
    seen = move({"estimate": 1.0}, {"estimate": 2.0}, name="a/b/c")
    unseen = move({"estimate": 12.0}, {"estimate": 12.0 * (1 + 2e-12)}, name="a/b/d")
    shown = present(differences([seen, unseen]))
    assert shown.seen == {"a/b/c"}
    assert (shown.counts.moved, shown.counts.unseen) == (1, 1)
    assert "1 reads differently and 1 more moved only below the last printed digit." in shown.summary
    assert "by more than 2 × 10⁻¹² of itself" in shown.unseen
    coarse = move({"statistic": 1.0, "estimate": 12.01}, {"statistic": 2.0, "estimate": 12.02}, name="a/b/e")
    assert "of itself" not in present(differences([coarse])).unseen
    assert "A/B/D" not in "".join(family.html for section in shown.sections for family in section.families)


def test_results_of_one_run_only_are_listed_with_their_values():
    found = differences(appeared=[record("safety/ae/fever/any", estimate=0.25, unit="proportion", n=4, n_event=1)])
    shown = present(found)
    assert rows_of(shown.appeared_html)[1:] == [["Safety"], ["SAFETY/AE/FEVER/ANY", "1/4", "25.0% (NE)", ""]]
    assert shown.vanished_html == ""
    assert "1 result appeared and none vanished." in shown.summary


def test_inputs_that_differ_are_told_by_kind():
    def item(name, before, after, sections=()):
        return type(NOTHING)(name=name, before=before, after=after, sections=sections)

    inputs = type(NOTHING)(
        **{
            **vars(NOTHING),
            "parameters": (item("subset", None, "age_years > 40"), item("x", [1, 2], True, ("os_risk",))),
            "data": (item("subjects.csv", "a" * 64, "(not there)"),),
        }
    )
    shown = present(differences(), inputs)
    assert shown.changed == ("subset null → age_years > 40", "x [1, 2] → true (os risk)")
    rows = rows_of(shown.inputs_html)
    assert rows[1:3] == [["Parameters"], ["subset", "null", "age_years > 40", "all that read it"]]
    assert rows[-2:] == [["Data files (SHA-256)"], ["subjects.csv", "a" * 12, "(not there)", "all that read it"]]


def test_methods_that_differ_are_counted():
    shown = present(differences(methods={("log-log", ""): 12}))
    assert rows_of(shown.methods_html)[1:] == [["log-log", "none", "12"]]
    assert shown.n_methods == 12


@pytest.mark.parametrize("field", ["label", "note", "unit"])
def test_hostile_texts_are_escaped_everywhere(field):
    one = move(
        {"p_value": 0.01, "estimate": 1.0},
        {"p_value": 0.2},
        name=f"survival/{HOSTILE}/{HOSTILE}/x",
        crossings=(crossing(),),
        answer="lost",
        shift=1.0,
        **{field: HOSTILE},
    )
    others = [move({"n": 1}, {"n": 2}, name=f"survival/os/{HOSTILE}/{number}") for number in range(13)]
    figures = {"x": (HOSTILE, FALLING.replace("All", '"<b>"'), STEEPER.replace("All", '"<b>"'))}
    found = differences([one, *others], [flip(one)], [one.before], [one.before], {(HOSTILE, HOSTILE): 1})
    item = type(NOTHING)(name=HOSTILE, before=HOSTILE, after=[HOSTILE], sections=(HOSTILE,))
    kinds = ("parameters", "data", "code", "versions")
    shown = present(found, type(NOTHING)(**{**vars(NOTHING), **dict.fromkeys(kinds, (item,))}), figures)
    tables = [family.html for section in shown.sections for family in section.families]
    html = [shown.flips_html, shown.answers_html, shown.top_html, shown.appeared_html, shown.methods_html, *tables]
    html += [shown.inputs_html, shown.vanished_html]
    html += [part for figure in shown.figures for part in (figure.svg, figure.table_html)]
    assert len(html) > 7
    assert not [part for part in html if "<script" in part]
