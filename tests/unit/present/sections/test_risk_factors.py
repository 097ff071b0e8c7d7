"""What a reader is told of risk factors: what tests rest on, where they part, and what remains beside response."""

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import (
    given_response,
    multivariable,
    risk_factors,
    risk_factors_summary,
    single_factors,
)
from tests.unit.present.figures.reading import texts, texts_of

LABELS = {"risk": "Genetic risk", "sex": "Sex"}
SAY = {"labels": LABELS, "p_style": "journal"}


def told(sentences):
    return "\n".join(sentence.text for sentence in sentences)


def ratio(estimate, low, high, p, *, contrast="Genetic risk: high vs low"):
    return Result(
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        conf_level=0.95,
        p_value=p,
        unit="hazard ratio",
        n=35,
        n_event=20,
        label=f"OS: {contrast}",
    )


def test_of(p, holm=None, bh=None):
    return Result(p_value=p, p_holm=holm, p_bh=bh, n=35, n_event=20)


test_of.__test__ = False


def events(n_event, n):
    return Result(estimate=n_event, n_event=n_event, n=n, unit="events")


def univariable(*, wald=0.052, low_events=2):
    return ResultSet(
        {
            "risk_factors/os/logrank/risk": test_of(0.034, 0.18, 0.10),
            "risk_factors/os/cox/risk/high": ratio(4.28, 0.99, 18.6, wald),
            "risk_factors/os/likelihood_ratio/risk": test_of(0.0196),
            "risk_factors/os/wald/risk": test_of(wald),
            "risk_factors/os/events/risk/low": events(low_events, 8),
            "risk_factors/os/events/risk/high": events(18, 27),
        }
    )


def given():
    prefix = "risk_factors/os/landmark/28d"
    return ResultSet(
        {
            f"{prefix}/all/cox/risk/high": ratio(4.13, 0.95, 18.0, 0.059),
            f"{prefix}/responders/logrank/risk": test_of(0.16),
            f"{prefix}/responders/cox/risk/high": ratio(2.84, 0.62, 13.0, 0.18),
            f"{prefix}/adjusted/cox/risk/high": ratio(2.84, 0.62, 13.0, 0.18),
        }
    )


def test_tests_on_both_sides_of_the_level_are_called_borderline():
    text = told(risk_factors.describe_univariable(univariable(), endpoints=["os"], **SAY))
    assert "The comparison by genetic risk rests on 2 events in the 8 patients in group “low”." in text
    assert (
        "(log-rank p = 0.034, likelihood ratio p = 0.020, and Wald p = 0.052), so the evidence is borderline" in text
    )


def test_tests_that_agree_and_groups_with_many_events_need_no_caveat():
    text = told(risk_factors.describe_univariable(univariable(wald=0.04, low_events=10), endpoints=["os"], **SAY))
    assert text == (
        "For overall survival, 1 factor was tested: the log-rank p is below 0.05 for genetic risk (high vs low, HR "
        "4.28; 95% CI, 0.99 to 18.6; p = 0.034, after Holm 0.18) only before adjustment for their number."
    )


def test_the_table_sets_three_tests_side_by_side():
    table = risk_factors.table_univariable(univariable(), endpoints=["os"], **SAY)
    assert table.text.splitlines()[-1].split()[-6:] == ["20/35", "0.034", "0.18", "0.10", "0.020", "0.052"]


def test_an_interval_that_includes_one_leaves_the_difference_open():
    text = risk_factors.describe_curves(univariable(), endpoint="os").text
    assert text == (
        "The Wald interval of the hazard ratio includes 1, which leaves open whether there is a difference, for "
        "genetic risk (high vs low)."
    )


def test_many_intervals_that_all_include_one_are_counted():
    found = {
        f"risk_factors/os/cox/site/{at}": ratio(1.1, 0.9, 1.4, 0.4, contrast=f"Site: {at} vs 1") for at in range(2, 7)
    }
    assert risk_factors.describe_curves(ResultSet(found), endpoint="os").text == (
        "The Wald interval of the hazard ratio includes 1, which leaves open whether there is a difference, for all "
        "5 contrasts."
    )
    clear = {"risk_factors/os/cox/risk/high": ratio(2.93, 1.06, 8.1, 0.038)}
    assert risk_factors.describe_curves(ResultSet(found | clear), endpoint="os").text.endswith(
        "It includes 1, which leaves open whether there is a difference, for the other 5 contrasts."
    )


def test_every_endpoint_is_a_paragraph_of_its_own():
    both = ResultSet(
        {f"risk_factors/{name}/{kind}": result for name in ("os", "pfs") for kind, result in (
            ("logrank/risk", test_of(0.4, 0.4)), ("events_per_term", Result(estimate=12.0)))}
    )  # fmt: skip
    alone = risk_factors.describe_univariable(both, endpoints=["os", "pfs"], **SAY)
    assert [sentence.text.partition(",")[0] for sentence in alone] == [
        "For overall survival",
        "For progression-free survival",
    ]
    together = multivariable.describe_multivariable(both, endpoints=["os", "pfs"], **SAY)
    assert told(together) == (
        "The model of overall survival has 12.0 events per coefficient.\n"
        "The model of progression-free survival has 12.0 events per coefficient."
    )


def test_only_few_events_leave_proportional_hazards_unproven():
    def said(per_term):
        found = {
            "risk_factors/os/events_per_term": Result(estimate=per_term),
            "risk_factors/os/multivariable/risk/high": ratio(1.2, 0.9, 1.6, 0.2),
            "risk_factors/os/ph/global": test_of(0.78),
        }
        return told(multivariable.describe_multivariable(ResultSet(found), endpoints=["os"], **SAY))

    nothing = "The test of proportional hazards finds nothing against them (p = 0.78)"
    assert said(9.9).endswith(f"{nothing}, which few events cannot prove.")
    assert said(205.3).endswith(f"{nothing}.")


def test_without_a_factor_there_are_no_curves():
    how = {"origin": "transplant", "min_at_risk": 5, "median_rule": "first", **SAY}
    nothing = risk_factors.plot_curves({}, ResultSet(), endpoint="os", **how)
    assert nothing == Notice("Overall survival by factor: no factor to compare by.")


def test_an_interval_that_excludes_one_says_that_it_is_not_adjusted():
    found = ResultSet({"risk_factors/os/cox/risk/high": ratio(2.93, 1.06, 8.1, 0.038)})
    assert risk_factors.describe_curves(found, endpoint="os").text == (
        "The Wald interval of the hazard ratio excludes 1 for genetic risk (high vs low; HR 2.93; 95% CI, 1.06 to "
        "8.10), not adjusted for the number of factors."
    )


def test_what_remains_among_responders_is_told_with_its_own_tests():
    assert given_response.describe_given_response(given(), **SAY).text == (
        "Among responders at risk after day 28, the hazard ratio of genetic risk for overall survival was 2.84 (95% "
        "CI, 0.62 to 13.0; log-rank p = 0.16); in all at risk, adjusted for response, it was the same."
    )


def test_a_ratio_adjusted_for_response_is_told_where_it_is_another():
    other = {"risk_factors/os/landmark/28d/adjusted/cox/risk/high": ratio(2.5, 0.6, 11.0, 0.2)}
    text = given_response.describe_given_response(ResultSet({**given(), **other}), **SAY).text
    assert text.endswith(
        "; in all at risk, adjusted for response, it was 2.50 (95% CI, 0.60 to 11.0; Wald p = 0.20)."
    )


def test_an_abstract_leaves_out_what_could_not_be_estimated():
    alike = Result(unit="hazard ratio", note="not estimable: one group")
    prefix = "risk_factors/os/landmark/28d"
    adjusted = ResultSet({**given(), f"{prefix}/adjusted/cox/risk/high": alike})
    said = given_response.say_given_response(adjusted, "os", LABELS, "journal", in_short=True)
    assert said.endswith("was 2.84 (95% CI, 0.62 to 13.0; log-rank p = 0.16).")
    neither = ResultSet({**given(), f"{prefix}/responders/cox/risk/high": alike})
    assert given_response.say_given_response(neither, "os", LABELS, "journal", in_short=True) == ""


def test_a_ratio_that_cannot_be_estimated_says_why_and_gives_no_p():
    alike = Result(unit="hazard ratio", note="not estimable: one group")
    results = {**given(), "risk_factors/os/landmark/28d/adjusted/cox/risk/high": alike}
    text = given_response.describe_given_response(ResultSet(results), **SAY).text
    assert text.endswith("adjusted for response, it was not estimable (one group).")


def test_without_responders_there_is_a_notice_and_a_sentence():
    assert isinstance(given_response.table_given_response(ResultSet(), p_style="journal"), Notice)
    assert "cannot be told" in given_response.describe_given_response(ResultSet(), **SAY).text


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.017, "The test speaks against proportional hazards"),
        (0.27, "The test of proportional hazards finds nothing against"),
    ],
)
def test_the_test_of_proportional_hazards_is_told_by_its_meaning(p, said):
    results = ResultSet(
        {
            "risk_factors/os/events_per_term": Result(estimate=3.3, note="fewer than ten events a coefficient"),
            "risk_factors/os/multivariable_firth/risk/high": ratio(3.24, 1.09, 10.3, 0.034),
            "risk_factors/os/cox/risk/high": ratio(1.42, 0.59, 3.45, 0.43),
            "risk_factors/os/ph/global": test_of(p),
        }
    )
    text = told(multivariable.describe_multivariable(results, endpoints=["os"], **SAY))
    assert said in text
    assert text.startswith(
        "The model of overall survival has 3.3 events per coefficient, fewer than ten, so Firth's estimates are "
        "reported. By Firth's model, adjusted for each other, the interval excludes 1 for genetic risk (high vs low; "
        "HR 3.24; 95% CI, 1.09 to 10.3; alone it includes 1), not adjusted for the number of factors."
    )


def adjusted(firth, **alone):
    events_per_term = Result(
        estimate=2.5,
        note="fewer than ten events a coefficient and separation, some coefficients have no finite estimate",
    )
    found = {
        "risk_factors/os/events_per_term": events_per_term,
        "risk_factors/os/multivariable_firth/risk/high": firth,
    }
    found |= {f"risk_factors/os/{kind}/risk/high": result for kind, result in alone.items()}
    return told(multivariable.describe_multivariable(ResultSet(found), endpoints=["os"], **SAY))


def test_under_separation_an_adjusted_ratio_is_compared_with_the_single_one_of_firth():
    infinite = Result(unit="hazard ratio", note="separation: no events at this level")
    firth = ratio(0.09, 0.0007, 0.8, 0.01)
    text = adjusted(firth, cox=infinite, cox_firth=firth)
    assert text == (
        "The model of overall survival has 2.5 events per coefficient, fewer than ten and with separation, which "
        "leaves some without a finite estimate, so Firth's estimates are reported. By Firth's model, adjusted for "
        "each other, the interval excludes 1 for genetic risk (high vs low; HR 0.09; 95% CI, <0.01 to 0.80), not "
        "adjusted for the number of factors."
    )
    assert "alone it includes 1" in adjusted(firth, cox=infinite, cox_firth=ratio(0.3, 0.01, 1.5, 0.2))
    assert "alone" not in adjusted(firth, cox=infinite)


def test_a_model_that_gives_no_ratio_is_said_to_give_none():
    text = adjusted(Result(unit="hazard ratio", note="not estimable: no events"))
    assert text == "No adjusted hazard ratio for overall survival could be estimated (no events)."


def test_a_single_factor_whose_hazards_are_not_proportional_is_named():
    results = ResultSet(
        {
            "risk_factors/os/events_per_term": Result(estimate=12.0),
            "risk_factors/os/ph/risk": test_of(0.01),
            "risk_factors/os/ph/sex": test_of(0.4),
            "risk_factors/os/ph/global": test_of(0.09),
        }
    )
    text = told(multivariable.describe_multivariable(results, endpoints=["os"], **SAY))
    assert text == (
        "The model of overall survival has 12.0 events per coefficient. The test of proportional hazards finds "
        "nothing against them in all factors together (p = 0.090), but speaks against them for genetic risk (p = "
        "0.010), whose hazard ratio is then an average over follow-up."
    )


def model(note=""):
    return ResultSet(
        {
            "risk_factors/os/multivariable/risk/high": ratio(3.24, 1.09, 10.3, 0.034),
            "risk_factors/os/ph/risk": test_of(0.01),
            "risk_factors/os/events_per_term": Result(estimate=20.0, n_event=20, n=35),
            "risk_factors/os/multivariable_test": test_of(0.02),
            "risk_factors/os/concordance/corrected": Result(estimate=0.64, n=35, note=note),
        }
    )


def test_events_per_coefficient_head_each_model_and_proportionality_stands_beside_each_ratio():
    table = multivariable.table_multivariable(model(), endpoints=["os"], p_style="journal")
    assert "Overall survival: 20 events for 1 coefficient, 20.0 each" in table.text
    assert table.text.splitlines()[-1].split()[-1] == "0.010"
    assert "an average over follow-up" in table.html


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("", "All bootstrap samples gave a model."),
        ("3 of 200 bootstrap samples gave no model", "OS: 3 of 200 bootstrap samples gave no model."),
    ],
)
def test_bootstrap_samples_without_a_model_are_counted_under_the_checks(note, said):
    table = multivariable.table_model_checks(model(note), endpoints=["os"], p_style="journal")
    assert said in table.html


def test_without_a_concordance_nothing_is_said_of_bootstrap_samples():
    nothing = {"risk_factors/os/concordance/corrected": Result(note="not estimable: no events")}
    table = multivariable.table_model_checks(ResultSet({**model(), **nothing}), endpoints=["os"], p_style="journal")
    assert "bootstrap" not in table.html


def levels():
    prefix = "risk_factors/os"
    test = {"p_value": 0.02, "p_holm": 0.04, "p_bh": 0.03, "n": 20, "n_event": 9}
    return ResultSet(
        {
            f"{prefix}/pairwise/risk/low_vs_high": Result(**test, label="OS: Genetic risk: log-rank, high vs low"),
            f"{prefix}/pairwise/risk/low_vs_mid": Result(
                p_value=0.3, p_holm=0.6, label="OS: Genetic risk: log-rank, mid vs low"
            ),
            f"{prefix}/trend/risk": Result(p_value=0.007, note="levels in their order: low, mid, high"),
        }
    )


def test_pairs_of_levels_and_their_trend_are_tabulated_and_told():
    (table,) = single_factors.table_several_levels(levels(), endpoints=["os"], **SAY)
    assert table.text.splitlines()[-3].split()[-4:] == ["9/20", "0.020", "0.040", "0.030"]
    assert "trend over low, mid, high" in table.text
    assert single_factors.say_several_levels(levels(), "os", LABELS, "journal") == [
        "Of the 2 pairs of levels of genetic risk, p after Holm's adjustment is below 0.05 for high vs low (p = "
        "0.040); the trend over low, mid, high has p = 0.0070, which tells something only if that order does."
    ]


def test_of_many_levels_only_pairs_with_small_p_are_shown_and_the_others_counted():
    prefix = "risk_factors/os"
    pairs = {
        f"{prefix}/pairwise/site/{one} vs {other}": Result(
            label=f"OS: Site: log-rank, {one} vs {other}", p_value=0.01 if (one, other) == (1, 2) else 0.6, p_holm=1.0
        )
        for one in range(1, 8)
        for other in range(one + 1, 8)
    }
    trend = Result(p_value=0.3, note="levels in their order: 1, 2, 3, 4, 5, 6, 7")
    results = ResultSet({**pairs, f"{prefix}/trend/site": trend})
    (table,) = single_factors.table_several_levels(
        results, endpoints=["os"], labels={"site": "Site"}, p_style="journal"
    )
    lines = table.text.splitlines()[3:]
    assert [line.split("  ")[1] for line in lines] == ["Site: 1 vs 2", "Site: trend over the 7 levels"]
    assert "OS by site: 21 pairs, 1 with p below 0.05, none after Holm. The file results.json holds all" in table.html
    assert single_factors.say_several_levels(results, "os", {"site": "Site"}, "journal") == [
        "Of the 21 pairs of levels of site, none has p below 0.05 after Holm’s adjustment; the trend over the 7 "
        "levels has p = 0.30, which tells something only if that order does."
    ]


def test_two_levels_have_no_table_of_pairs():
    assert single_factors.table_several_levels(univariable(), endpoints=["os"], **SAY) == []
    assert single_factors.say_several_levels(univariable(), "os", LABELS, "journal") == []


def test_sparse_groups_and_separation_are_said_with_what_takes_their_place():
    sparse = univariable() | ResultSet(
        {
            "risk_factors/os/permutation/risk": test_of(0.051),
            "risk_factors/os/cox_firth/risk/high": ratio(
                9.0, 1.2, 80.0, 0.03, contrast="Genetic risk: high vs low, Firth"
            ),
        }
    )
    text = told(risk_factors.describe_univariable(sparse, endpoints=["os"], **SAY))
    assert "By genetic risk (p = 0.051), fewer than five events are expected in a group" in text
    assert "the p-value in brackets is that of shuffled groups." in text
    assert text.endswith(
        "Separation leaves no finite hazard ratio; Firth's penalised model gives for genetic risk (high vs low), "
        "hazard ratio 9.00 (95% CI, 1.20 to 80.0)."
    )
    table = risk_factors.table_univariable(sparse, endpoints=["os"], **SAY)
    assert table.text.splitlines()[-1].split()[-1] == "0.051"
    assert "Permutation p" not in risk_factors.table_univariable(univariable(), endpoints=["os"], **SAY).text


def summarise(results):
    return risk_factors_summary.summarise_section(ResultSet(results), endpoints=["os"], **SAY)


def probed(low=0.022, high=0.061, p=0.034, *, changed=1, note="exact, no smaller number crosses"):
    stem = "risk_factors/os/robustness/risk"
    return {
        f"{stem}/leave_one_out": Result(conf_low=low, conf_high=high, p_value=p, unit="p-value"),
        f"{stem}/fragility": Result(estimate=changed, unit="patients", note=note),
    }


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (probed(), "is 0.022 to 0.061; changing one patient's outcome moves it above 0.05."),
        (
            probed(note="an upper bound", changed=3),
            "is 0.022 to 0.061; changing at most 3 patients' outcomes moves it above 0.05.",
        ),
        (probed(0.3, 0.3, 0.29), "is 0.30; changing one patient's outcome moves it below 0.05."),
        (probed(changed=None, note="not estimable: why"), "is 0.022 to 0.061."),
    ],
)
def test_the_paragraph_tells_how_firm_the_first_comparison_is(probe, said):
    paragraph = summarise(univariable() | probe).paragraph
    assert paragraph.endswith(f"When each patient is left out in turn, p for genetic risk {said}")


SIX = {f"risk_factors/os/logrank/other_{at}": test_of(0.5, 1.0) for at in range(4)}
BURDEN = {
    "risk_factors/os/logrank/sex": test_of(0.029, 0.18),
    "risk_factors/os/cox/sex/male": ratio(2.93, 1.06, 8.1, 0.038, contrast="Sex: male vs female"),
}


def test_the_paragraph_sets_every_effect_before_its_p_value_and_explains_where_tests_part():
    assert summarise(univariable() | BURDEN | SIX).paragraph == (
        "Unadjusted, overall survival differed by genetic risk (high vs low, HR 4.28; 95% CI, 0.99 to 18.6; log-rank "
        "p = 0.034, Wald p = 0.052; 2 events in the 8 patients in group “low”) and sex (male vs female, HR 2.93; 95% "
        "CI, 1.06 to 8.10; log-rank p = 0.029); neither p is below 0.05 after Holm's adjustment over 6 factors."
    )


@pytest.mark.parametrize(
    ("holm", "said"),
    [
        ((0.04, 0.03), ", also after Holm's adjustment over 2 factors."),
        ((0.06, 0.03), "; after Holm's adjustment over 2 factors p is below 0.05 for sex only."),
    ],
)
def test_what_adjustment_leaves_is_told(holm, said):
    tests = {"risk_factors/os/logrank/risk": test_of(0.034, holm[0])}
    tests["risk_factors/os/logrank/sex"] = test_of(0.029, holm[1])
    assert summarise(tests).paragraph.endswith(said)


def test_of_many_levels_no_contrast_is_picked():
    centres = {
        f"risk_factors/os/cox/risk/{at:02}": ratio(1.3, 0.7, 2.4, 0.4, contrast=f"Centre: {at:02} vs 01")
        for at in range(2, 13)
    }
    test = Result(p_value=0.73, p_holm=0.73, df=11, n=400, n_event=200)
    assert summarise({**centres, "risk_factors/os/logrank/risk": test}).paragraph == (
        "Overall survival did not differ detectably by genetic risk (log-rank p = 0.73 over all 12 groups)."
    )
    (key,) = summarise({**centres, "risk_factors/os/logrank/risk": test}).key_results
    assert (key.label, key.value, key.interval, key.note) == (
        "OS by centre, log-rank p",
        "0.73",
        "",
        "12 groups, 400 patients",
    )


def test_factors_that_could_not_be_tested_are_not_told_as_tested():
    results = {
        "risk_factors/os/logrank/risk": Result(n=12, n_event=0, note="not estimable: no events"),
        "risk_factors/os/cox/risk/high": Result(unit="hazard ratio", note="not estimable: no events"),
    }
    said = "For overall survival, 1 factor could not be tested (no events)."
    assert summarise(results).paragraph == said
    assert told(risk_factors.describe_univariable(ResultSet(results), endpoints=["os"], **SAY)) == said
    results["risk_factors/os/logrank/sex"] = test_of(0.4, 0.4)
    text = told(risk_factors.describe_univariable(ResultSet(results), endpoints=["os"], **SAY))
    assert text == "For overall survival, 1 of 2 factors was tested: no log-rank p is below 0.05."


def test_a_group_without_an_event_and_an_infinite_ratio_are_told_by_what_takes_their_place():
    firth = ratio(0.09, 0.0007, 0.8, 0.01, contrast="Genetic risk: high vs low, Firth")
    results = {
        "risk_factors/os/logrank/risk": test_of(0.0027, 0.0054),
        "risk_factors/os/cox/risk/high": Result(
            unit="hazard ratio", note="separation: no events at this level", label="OS: Genetic risk: high vs low"
        ),
        "risk_factors/os/cox_firth/risk/high": firth,
        "risk_factors/os/events/risk/low": events(5, 5),
        "risk_factors/os/events/risk/high": events(0, 5),
    }
    assert summarise(results).paragraph == (
        "Unadjusted, overall survival differed by genetic risk (high vs low, HR by Firth's method 0.09; 95% CI, "
        "<0.01 to 0.80; log-rank p = 0.0027; none of the 5 patients in group “high” had the event)."
    )
    text = told(risk_factors.describe_univariable(ResultSet(results), endpoints=["os"], **SAY))
    assert "In the comparison by genetic risk, none of the 5 patients in group “high” had the event." in text


def test_the_smallest_p_for_response_names_its_test():
    odds = Result(
        estimate=0.05, conf_low=0.0004, conf_high=0.52, conf_level=0.95, p_value=0.0068, p_holm=0.041,
        unit="odds ratio", label="Tumour burden: high vs low",
    )  # fmt: skip
    found = ResultSet({"risk_factors/response/firth/burden/high": odds})
    assert risk_factors.describe_response(found, p_style="journal").text == (
        "Of 1 contrast, tumour burden (high vs low; odds ratio 0.05; 95% CI, <0.01 to 0.52; p = 0.0068, after "
        "Holm 0.041) goes most clearly with response. These p-values are those of Firth's penalised likelihood "
        "ratio; Fisher's exact test, on the efficacy page, is more conservative and can fall on the other side of "
        "0.05."
    )


def test_the_test_of_three_groups_is_not_told_as_that_of_the_two_whose_ratio_stands_beside_it():
    tested = {"risk_factors/os/logrank/risk": Result(p_value=0.0005, df=2, n=137, n_event=81)}
    results = ResultSet({**univariable(), **tested})
    summary = risk_factors_summary.summarise_section(results, endpoints=["os"], **SAY)
    assert "log-rank p = 0.00050 over all 3 groups" in summary.paragraph
    assert "over all 3 groups" in str(summary.key_results)


def test_the_paragraph_ends_with_what_remains_among_responders():
    assert summarise(univariable() | given()).paragraph.endswith(
        "Among responders at risk after day 28, the hazard ratio of genetic risk for overall survival was 2.84 (95% "
        "CI, 0.62 to 13.0; log-rank p = 0.16); in all at risk, adjusted for response, it was the same."
    )


def test_the_forest_of_single_factors_counts_each_level_and_names_its_test():
    figure = risk_factors.plot_univariable(univariable(), endpoints=["os"], p_style="journal")
    assert texts_of(figure, "counts") == ["18/27 vs 2/8"]
    assert texts_of(figure, "p-value") == ["0.052"]
    assert "Wald p" in texts(figure)
    assert texts_of(figure, "favours") == ["← lower", "higher →"]
    assert texts_of(figure, "axis") == ["Hazard ratio (log scale)"]
