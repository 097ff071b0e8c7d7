"""What a reader is told of survival by response: the biased comparison named, the guarded ones in whole sentences."""

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.sections import response_guard, survival_summary

COUNTS = "27 with and 7 without response at the landmark; excluded: 1 with an earlier event, 0 with shorter follow-up"
ONE_GROUP = (
    "27 with and 0 without response at the landmark; excluded: 8 with an earlier event; only one group is left"
)


def ratio(note=COUNTS, estimate=0.13, low=0.05, high=0.36, p=0.00005):
    return Result(
        estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, p_value=p, unit="hazard ratio", note=note
    )


def unknown(note):
    return Result(unit="hazard ratio", note=note)


def landmarks(endpoint, **by_day):
    results = {}
    for day, (cox, test) in by_day.items():
        results[f"survival/{endpoint}/landmark/{day.strip('_')}/logrank/response"] = test
        results[f"survival/{endpoint}/landmark/{day.strip('_')}/cox/response"] = cox
    return ResultSet(results)


def overall(**by_day):
    first = {
        "survival/os/logrank/response": Result(p_value=0.00002),
        "survival/os/time_dependent_cox/response": ratio(note=""),
    }
    return ResultSet(first) | landmarks("os", **by_day)


def test_every_landmark_is_a_whole_sentence_with_its_patients():
    text = response_guard.describe_response(overall(_28d=(ratio(), ratio())), p_style="journal").text
    assert "log-rank p < 0.0001. Responders are credited with" in text
    assert (
        " Among patients still at risk after day 28 (27 with and 7 without response), the hazard ratio of responders "
        "for overall survival was 0.13 (95% CI, 0.05 to 0.36); log-rank p < 0.0001. With response as a "
        "time-dependent covariate: hazard ratio 0.13 (95% CI, 0.05 to 0.36); Wald p < 0.0001."
    ) in text


def test_a_landmark_that_leaves_one_group_says_so():
    text = response_guard.describe_response(overall(_28d=(unknown(ONE_GROUP), unknown(ONE_GROUP))), p_style="journal")
    assert "(27 with and 0 without response), overall survival cannot be compared by response." in text.text


def test_separation_leaves_the_test_and_no_ratio():
    results = overall(_28d=(unknown("separation"), ratio()))
    text = response_guard.say_landmark(results, "os", "28d", "journal")
    assert text.endswith(
        "no hazard ratio of responders for overall survival could be estimated; log-rank p < 0.0001."
    )


def test_endpoints_that_non_response_decides_are_not_taken_for_a_finding():
    alone = {"_28d": (unknown(ONE_GROUP), unknown(ONE_GROUP))}
    results = overall(_28d=(ratio(), ratio())) | landmarks("pfs", **alone) | landmarks("efs", **alone)
    text = response_guard.describe_response(results, p_style="journal").text
    assert text.endswith(
        "Progression-free survival and event-free survival by response cannot be compared from a landmark: only one "
        "group is left at risk. Lack of response is itself an event of progression-free survival and event-free "
        "survival, so a comparison from time zero restates a definition, whatever its p-value."
    )


def test_the_abstract_takes_the_first_landmark_that_compares_anything():
    results = overall(_28d=(unknown(ONE_GROUP), unknown(ONE_GROUP)), _90d=(ratio(), ratio()))
    median = Result(estimate=12.2, conf_level=0.95, n=35, n_event=20, unit="months")
    observed = {f"survival/os/observed/{end}": median for end in ("minimum", "maximum")}
    results = ResultSet({"survival/os/median": median, **observed}) | results
    paragraph = survival_summary.summarise_section(results, conditional_months=24, p_style="journal").paragraph
    assert "after day 90 (27 with and 7 without response), the hazard ratio" in paragraph
    assert "day 28" not in paragraph
