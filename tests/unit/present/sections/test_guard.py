"""What a reader is shown of groups known only later: the biased comparison named, the guarded ones beside it."""

from types import SimpleNamespace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice
from cartcohort.present.sections import guard, guard_words, survival_summary
from tests.unit.present.figures.reading import texts, texts_of

RESPONSE = SimpleNamespace(
    name="response", label="Response", levels=("no", "yes"), words=("No response", "Response"), basis="From its day"
)
HSCT = SimpleNamespace(
    name="hsct", label="Transplant", levels=("no", "yes"), words=("No transplant", "Transplant"), basis="From its day"
)
ONE_GROUP = "not estimable: only one group"


def ratio(estimate=0.13, low=0.05, high=0.36, p=0.00005, note=""):
    return Result(
        estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, p_value=p, unit="hazard ratio", note=note,
        n=34, n_event=19,
    )  # fmt: skip


def unknown(note=ONE_GROUP):
    return Result(unit="hazard ratio", note=note, n=27, n_event=14)


def number(estimate, n_event=None):
    return Result(estimate=estimate, unit="patients", n_event=n_event)


def counted(stem, g, **counts):
    return {f"{stem}/count/{g}/{name}": number(n, 3) for name, n in counts.items()}


def landmark(endpoint, day, cox, test, g="response", *, yes=27, no=7, unknown=0):
    stem = f"survival/{endpoint}/landmark/{day}d"
    excluded = {"earlier_event": 1, "shorter_follow_up": 0, "unknown": unknown}
    return ResultSet({f"{stem}/logrank/{g}": test, f"{stem}/cox/{g}": cox}) | counted(
        stem, g, no=no, yes=yes, **excluded
    )


def strip(endpoint, g="response", **by_day):
    results = ResultSet()
    for day, found in by_day.items():
        stem = f"survival/{endpoint}/landmark_strip/{day.strip('_')}d"
        results |= {f"{stem}/cox/{g}": found} | counted(stem, g, no=7, yes=27)
    return results


def plain(endpoint, g="response", *, found=None):
    stem = f"survival/{endpoint}"
    biased = "biased by guarantee time: Response is known only after time zero"
    return ResultSet(
        {
            f"{stem}/logrank/{g}": Result(p_value=0.00002, note=biased),
            f"{stem}/cox/{g}/yes": found or ratio(0.12, 0.04, 0.32, note=biased),
            f"{stem}/time_dependent_cox/{g}": ratio(0.14, 0.05, 0.37),
            **counted(stem, g, no=8, yes=27),
            **counted(f"{stem}/time_dependent_cox", g, no=8, yes=27),
        }
    )


def whole(**changes):
    return plain("os") | landmark("os", 28, ratio(), ratio(), **changes) | strip("os", _14=unknown(), _28=ratio())


def describe(results, *groupings):
    found = {one.name: one for one in groupings}
    return " ".join(one.text for one in guard_words.describe_guarded(results, found, p_style="journal"))


def test_every_grouping_is_a_sentence_that_names_the_biased_ratio_as_such():
    text = describe(whole(), RESPONSE)
    assert (
        " Overall survival, response against no response: hazard ratio 0.12 (95% CI, 0.04 to 0.32) from time zero "
        "(biased); 0.13 (95% CI, 0.05 to 0.36) after day 28, 27 with and 7 without, log-rank p < 0.0001; 0.14 (95% "
        "CI, 0.05 to 0.37) in the time-dependent model (Wald p < 0.0001)."
    ) in text
    assert text.startswith("Counted from time zero, patients are credited with the time they lived before")
    assert text.endswith(
        "Not compared, for want of two dated groups: transplant, severe CRS, and early treatment of CRS."
    )


def test_the_strip_is_told_by_its_range_where_two_landmarks_give_a_ratio():
    assert "Over landmarks" not in describe(whole(), RESPONSE)
    results = whole() | strip("os", _42=ratio(0.23), _56=ratio(0.19))
    assert " Over landmarks from day 28 to day 56 it runs from 0.13 to 0.23." in describe(results, RESPONSE)
    even = whole() | strip("os", _42=ratio(0.1301))
    assert " Over landmarks from day 28 to day 42 it stays at 0.13." in describe(even, RESPONSE)


def test_a_landmark_that_leaves_one_group_says_so_with_its_numbers():
    results = (
        plain("os", "hsct") | landmark("os", 28, unknown(), unknown(), "hsct", yes=0, no=34) | strip("os", "hsct")
    )
    assert "; no comparison after day 28, 0 with and 34 without; 0.14" in describe(results, HSCT)


def test_a_grouping_that_no_guarded_analysis_can_compare_is_neither_tabulated_nor_told_by_its_biased_ratio():
    results = (
        plain("os", "hsct") | landmark("os", 28, unknown(), unknown(), "hsct", yes=0, no=34) | strip("os", "hsct")
    )
    results = ResultSet(dict(results) | {"survival/os/time_dependent_cox/hsct": unknown()})
    assert "no transplant: neither a landmark nor the time-dependent model leaves anything" in describe(results, HSCT)
    assert "0.12" not in describe(results, HSCT)
    assert isinstance(guard.table_guarded(results, {"hsct": HSCT}, p_style="journal"), Notice)


def test_without_any_grouping_a_notice_names_the_columns_and_nothing_is_drawn():
    assert guard.table_guarded(ResultSet(), {}, p_style="journal") is guard.NOTHING
    assert (
        guard.plot_guarded(
            [], ResultSet(), origin="infusion", min_at_risk=5, median_rule="midpoint", p_style="journal"
        )
        is guard.NOTHING
    )
    assert guard.plot_strips(ResultSet(), {}, p_style="journal") == []
    assert describe(ResultSet()).startswith("Not compared, for want of two dated groups: response, transplant,")


def test_endpoints_that_non_response_decides_are_not_taken_for_a_finding():
    alone = landmark("pfs", 28, unknown(), unknown()) | landmark("efs", 28, unknown(), unknown())
    assert (
        " Progression-free survival and event-free survival by response cannot be compared from a landmark: only one "
        "group is left at risk. Lack of response is itself an event of progression-free survival and event-free "
        "survival, so a comparison from time zero restates a definition, whatever its p-value. Not compared"
    ) in describe(whole() | alone, RESPONSE)


def test_the_table_shows_who_takes_part_and_who_is_left_out_as_numbers():
    table = guard.table_guarded(whole(), {"response": RESPONSE}, p_style="journal")
    head, heading, *rows = table.text.splitlines()[1:]
    assert head.split("  ")[0] == "Analysis" and "Left out: event" in head
    assert "unknown" not in head
    assert heading == "Overall survival: response against no response"
    cells = [" ".join(row.split()) for row in rows]
    assert cells == [
        "From time zero: BIASED 19/34 0.12 (0.04–0.32) <0.0001 27 8 – –",
        "Landmark, day 28 19/34 0.13 (0.05–0.36) <0.0001 27 7 1 0",
        "Time-dependent model 19/34 0.14 (0.05–0.37) – 27 8 – –",
    ]
    assert "From its day." in table.html


def test_patients_whose_group_is_not_known_have_a_column_where_there_are_any():
    table = guard.table_guarded(whole(unknown=3), {"response": RESPONSE}, p_style="journal")
    assert "Left out: unknown" in table.text and table.text.count(" 3\n") == 1


def drawn(figure, role):
    return sum(part.split("</g>")[0].count("<use") for part in figure.svg.split(f'<g class="{role}">')[1:])


def test_a_strip_draws_what_can_be_estimated_and_counts_who_is_left():
    [figure] = guard.plot_strips(
        whole() | strip("os", _42=ratio(0.2, 0.001, 80)), {"response": RESPONSE}, p_style="journal"
    )
    assert isinstance(figure, Figure) and figure.id == "survival-landmark-strip-os"
    assert drawn(figure, "point") == 2
    # The limits of the second, beyond the axis, end in arrows.
    assert drawn(figure, "arrow") == 2
    assert figure.description == (
        "Response against no response: hazard ratio from 2 landmarks between day 28 and day 42, 0.13 to 0.20; "
        "time-dependent model, 0.14 (0.05–0.37); 1 further landmark without an estimate."
    )
    # Both ratios that need no landmark have their value at the right, one above the other.
    assert texts_of(figure, "level") == ["0.14", "0.12"]
    assert [text for text in texts(figure) if text in ("0.01", "0.03", "0.1", "0.3", "1", "3", "10")] == [
        *("0.1", "0.3", "1", "3", "10")
    ]
    lines = figure.csv.splitlines()
    assert lines[0].startswith("grouping,landmark_day,n_first_group,events_first_group")
    assert lines[1] == f"Response,14,7,3,27,3,,,,,{ONE_GROUP}"
    assert lines[2].startswith("Response,28,7,3,27,3,0.13,0.05,0.36,")


def test_without_any_ratio_a_strip_is_a_notice():
    results = plain("os") | strip("os", _14=unknown())
    [notice] = guard.plot_strips(results, {"response": RESPONSE}, p_style="journal")
    assert isinstance(notice, Notice) and "no landmark leaves two groups with an event each" in notice.text


def test_separation_leaves_the_test_and_no_ratio():
    results = plain("os") | landmark("os", 28, unknown("separation: no events at this level"), ratio())
    text = guard_words.say_landmark(results, "os", "28d", "journal")
    assert text == (
        "In the landmark analysis at day 28, overall survival by response (n = 27) vs no response (n = 7) gave no "
        "estimable hazard ratio (log-rank p < 0.0001)."
    )


def test_the_abstract_takes_the_first_landmark_that_compares_responders():
    results = plain("os") | landmark("os", 28, unknown(), unknown()) | landmark("os", 90, ratio(), ratio())
    median = Result(estimate=12.2, conf_level=0.95, n=35, n_event=20, unit="months")
    observed = {f"survival/os/observed/{end}": median for end in ("minimum", "maximum")}
    results = ResultSet({"survival/os/median": median, **observed}) | results
    paragraph = survival_summary.summarise_section(results, conditional_months=24, p_style="journal").paragraph
    assert paragraph.endswith(
        "In the landmark analysis at day 90, the hazard ratio for death, response (n = 27) vs no response (n = 7), "
        "was 0.13 (95% CI, 0.05 to 0.36; log-rank p < 0.0001)."
    )
    assert "day 28" not in paragraph


def test_other_groupings_do_not_enter_the_abstract():
    results = plain("os", "hsct") | landmark("os", 90, ratio(), ratio(), "hsct")
    assert guard_words.estimable_landmarks(results, "os") == []
