"""ADTTE record by record: what stops a study, what is odd, units, and AVAL against the dates."""

import re

import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study import derive_endpoint
from tests.unit.study.adam.packages import ADTTE, YAML, load_package

HEADER = "USUBJID,PARAMCD,PARAM,STARTDT,ADT,AVAL,AVALU,CNSR,EVNTDESC,CNSDTDSC"


def one(aval, *, unit="", adt="2020-03-10", cnsr=0, param="Time to X"):
    """A parameter of two subjects, the second censored after 30 days, and so the first by default of 60."""
    rows = [
        f"01,TTX,{param},2020-01-10,{adt},{aval},{unit},{cnsr},X,",
        f"02,TTX,{param},2020-02-10,2020-03-11,,{unit},1,,last",
    ]
    return "\n".join([HEADER, *rows])


def problems_of(folder, adtte, yaml=YAML):
    with pytest.raises(StudyDataError) as caught:
        load_package(folder, adtte=adtte, yaml=yaml)
    return [(problem.what, problem.where) for problem in caught.value.problems]


def oddities(folder, adtte):
    study = load_package(folder, adtte=adtte)
    found = [(p.what, p.where) for p in study.warnings if "adtte" in p.where]
    return study, found


def test_all_that_is_wrong_with_the_records_is_told_at_once(tmp_path):
    adtte = ADTTE.replace("357,  1,", "357,  0.5,").replace("143,  0,", "-143, x,").replace("297,  1,", "long, ,")
    adtte = adtte.replace("02,      TTX,", "01,      TTX,").replace("2020-04-09", "2020-04-39")
    assert problems_of(tmp_path, adtte) == [
        ("`CNSR` must be a whole number from 0.", "adtte.csv: rows 2, 3 and 4, column CNSR"),
        ("`AVAL` must be a time from 0.", "adtte.csv: rows 3 and 4, column AVAL"),
        ("`ADT` holds a cell that is not a date.", "adtte.csv: row 7, column ADT"),
        (
            "A subject has more than one record of the same `PARAMCD`.",
            "adtte.csv: rows 5 and 6, columns USUBJID and PARAMCD",
        ),
    ]


def test_a_parameter_must_be_named_and_timed(tmp_path):
    adtte = f"{HEADER}\n01,,,2020-01-10,,,,0,,\n02,A B,,,2020-03-01,,,0,,\n"
    assert problems_of(tmp_path / "a", adtte) == [
        ("`PARAMCD` is empty.", "adtte.csv: row 2, column PARAMCD"),
        ("`PARAMCD` must be of letters, digits and underscores, a letter first.", "adtte.csv: row 3, column PARAMCD"),
    ]
    assert problems_of(tmp_path / "b", f"{HEADER}\n01,TTX,,2020-01-10,,,,0,,\n") == [
        ("A record has no time.", "adtte.csv: row 2, column AVAL")
    ]
    yaml = YAML + "\nvalues: {adtte: {paramcd: {A B: AB}}}"
    assert load_package(tmp_path / "c", adtte=f"{HEADER}\n02,A B,,,,31,,0,,\n", yaml=yaml).reported_endpoints == (
        "ab",
    )


@pytest.mark.parametrize("units", [("FORTNIGHTS", "FORTNIGHTS"), ("DAYS", "MONTHS")])
def test_a_unit_must_be_known_and_one(tmp_path, units):
    rows = [f"0{n},TTX,,2020-01-10,2020-03-10,2,{unit},0,," for n, unit in enumerate(units, 1)]
    assert problems_of(tmp_path, "\n".join([HEADER, *rows])) == [
        (
            "The unit of `AVAL` of `PARAMCD` TTX is none of days, weeks, months and years, or not one.",
            "adtte.csv: rows 2 and 3, column AVALU",
        )
    ]


@pytest.mark.parametrize(
    ("adtte", "days"),
    [
        (one(61), 61),
        (one(2, unit="MONTHS"), 61),
        (one(1.97, unit="Months"), 60),
        (one(8.7, param="Time to X (Weeks)"), 61),
        (one(0.167, param="Time to X [years]"), 61),
        (one(61, param="Time to X (RECIST 1.1)"), 61),
        (one(60.5), 61),
        (one(""), 61),
    ],
)
def test_aval_comes_in_its_unit_or_from_the_dates_as_adam_counts(tmp_path, adtte, days):
    assert derive_endpoint(load_package(tmp_path, adtte=adtte), "ttx").time_days.tolist() == [days, 31]


def test_without_aval_days_count_as_those_with_it_do(tmp_path):
    endpoint = derive_endpoint(load_package(tmp_path, adtte=one(60)), "ttx")
    assert endpoint.time_days.tolist() == [60, 30]
    assert (endpoint.origin, endpoint.origin_day.tolist()) == ("infusion", [0, 0])


def test_the_unit_is_no_part_of_the_label(tmp_path):
    assert load_package(tmp_path, adtte=one(2, param="Time to X (Months)")).own_endpoints["ttx"].label == "Time to X"


def test_months_taken_for_days_are_told(tmp_path):
    study, found = oddities(tmp_path, one(1.97))
    assert found[:1] == [
        (
            "`AVAL` of `PARAMCD` TTX is taken for days, but its dates say that it is months.",
            "adtte.csv: row 2, columns AVAL, STARTDT and ADT",
        )
    ]
    assert derive_endpoint(study, "ttx").time_days[0] == 2


def test_an_aval_that_is_not_between_its_dates_is_told_and_used(tmp_path):
    study, found = oddities(tmp_path, one(75))
    assert found == [
        (
            "`AVAL` of `PARAMCD` TTX is not the time from `STARTDT` to `ADT`.",
            "adtte.csv: row 2, columns AVAL, STARTDT and ADT",
        )
    ]
    assert derive_endpoint(study, "ttx").time_days[0] == 75
    assert oddities(tmp_path / "b", one(1.97, unit="MONTHS"))[1] == [
        ("`AVAL` of `PARAMCD` TTX is no number of whole days.", "adtte.csv: row 2, column AVAL")
    ]


def test_a_polarity_that_is_the_other_way_round_is_told(tmp_path):
    swapped = re.sub(r"( \d+, +)([01])(,)", lambda cell: f"{cell[1]}{1 - int(cell[2])}{cell[3]}", ADTTE)
    what, rows = (
        "`CNSDTDSC` of `PARAMCD` {} is filled where `CNSR` is 0, and nowhere else.",
        "adtte.csv: rows {}, column CNSR",
    )
    assert oddities(tmp_path, swapped)[1] == [
        (what.format("OS"), rows.format("2, 3 and 4")),
        (
            "Overall survival ends with the event for the living, and not for the dead.",
            "adtte.csv: rows 2, 3 and 4, column CNSR",
        ),
        (what.format("TTX"), rows.format("5, 6 and 7")),
    ]  # fmt: skip


@pytest.mark.parametrize(("cnsr", "said"), [(0, "an event"), (1, "censored")])
def test_a_parameter_of_one_kind_is_told(tmp_path, cnsr, said):
    adtte = f"{HEADER}\n01,TTX,,2020-01-10,2020-03-10,61,,{cnsr},,\n03,TTX,,2020-03-10,2020-04-10,32,,{cnsr},,\n"
    assert oddities(tmp_path, adtte)[1] == [
        (f"Every record of `PARAMCD` TTX is {said}.", "adtte.csv: rows 2 and 3, column CNSR")
    ]


def test_a_death_that_only_one_table_knows_is_told(tmp_path):
    assert oddities(tmp_path, ADTTE.replace("357,  1,    ,         Alive", "357,  0, Death,"))[1] == [
        ("Overall survival and ADSL do not agree on who died.", "adtte.csv: row 2, column CNSR")
    ]


def test_times_that_start_elsewhere_are_said_to(tmp_path):
    later = ADTTE.replace("2020-01-10, 2020-03-10, 61", "2020-02-10, 2020-03-10, 30")
    study = load_package(tmp_path, adtte=later)
    assert {name: own.since for name, own in study.own_endpoints.items()} == {"os": "infusion", "ttx": "its start"}
    randomised = (
        ADTTE.replace("2020-01-10,", "2020-01-08,")
        .replace("2020-02-10,", "2020-02-08,")
        .replace("2020-03-10, 20", "2020-03-09, 20")
    )
    assert load_package(tmp_path / "b", adtte=randomised).own_endpoints["ttx"].since == "enrollment"


def without(*names, adtte=ADTTE):
    """ADTTE with other names of some variables, so that they tell nothing."""
    for name in names:
        adtte = adtte.replace(name, f"X{name}")
    return adtte


SINCE_RANDOMISATION = (
    ADTTE.replace("2020-12-31, 357", "2020-12-31, 359")
    .replace("2020-07-01, 143", "2020-07-01, 145")
    .replace("2020-12-31, 297", "2020-12-31, 298")
)
"""Overall survival from RANDDT, 2, 2 and 1 days before the first treatment."""


@pytest.mark.parametrize(
    ("adtte", "since"),
    [
        (ADTTE, "infusion"),
        (ADTTE.replace(" 357,", " 356,").replace(" 143,  0", " 142,  0").replace(" 297,", " 296,"), "infusion"),
        (SINCE_RANDOMISATION, "enrollment"),
        (ADTTE.replace(" 143,  0", " 145,  0"), "its start"),
        (ADTTE.replace(" 357,", " 356,"), "its start"),
    ],
)
def test_without_a_start_the_end_and_aval_tell_from_when_times_count(tmp_path, adtte, since):
    study = load_package(tmp_path, adtte=without("STARTDT", adtte=adtte))
    assert study.own_endpoints["os"].since == since
    assert study.remarks["endpoints"] == ()


def test_without_a_start_months_may_be_off_by_their_rounding(tmp_path):
    rows = ["01,OS,2020-12-31,11.73,MONTHS,1", "02,OS,2020-07-01,4.7,MONTHS,0", "03,OS,2020-12-31,9.76,MONTHS,1"]
    adtte = "\n".join(["USUBJID,PARAMCD,ADT,AVAL,AVALU,CNSR", *rows])
    assert load_package(tmp_path, adtte=adtte).own_endpoints["os"].since == "infusion"
    adtte = adtte.replace("4.7,", "5.7,")
    assert load_package(tmp_path / "b", adtte=adtte).own_endpoints["os"].since == "its start"


def test_without_any_date_times_are_said_to_be_taken_from_day_0(tmp_path):
    study, found = oddities(tmp_path, without("STARTDT", "ADT"))
    assert found == [
        ("Nothing tells from when `AVAL` of `PARAMCD` OS counts.", "adtte.csv: rows 2, 3 and 4, column AVAL"),
        ("Nothing tells from when `AVAL` of `PARAMCD` TTX counts.", "adtte.csv: rows 5, 6 and 7, column AVAL"),
    ]
    assert {own.since for own in study.own_endpoints.values()} == {"infusion"}
    assert study.remarks["endpoints"] == (
        "Times of OS and TTX are taken to count from day 0, since adtte.csv does not tell from when they do.",
    )
    assert derive_endpoint(study, "os").time_days.tolist() == [357, 143, 297]


def test_dates_without_any_value_do_not_hide_the_days(tmp_path):
    adtte = "USUBJID,PARAMCD,STARTDT,ADT,STARTDY,ADY,CNSR\n01,TTX,,,1,31,0\n03,TTX,,,1,41,1\n"
    assert derive_endpoint(load_package(tmp_path, adtte=adtte), "ttx").time_days.tolist() == [31, 41]


SUPPOSED = (
    "Where adtte.csv has no AVAL, times are taken from ADT and STARTDT. Nothing in it tells whether the day of their "
    "start counts as day 0 or as day 1; the latter is assumed, since ADaM counts so."
)


@pytest.mark.parametrize(
    ("adtte", "said"),
    [
        (one(61), "Times are AVAL of adtte.csv as it stands: the day of their start counts as day 1, as in ADaM."),
        (one(60), "Times are AVAL of adtte.csv as it stands: the day of their start counts as day 0."),
        (one(2, unit="MONTHS"), SUPPOSED),
        (one(75), SUPPOSED),
        (one(2, unit="MONTHS").replace("11,,MONTHS", "11,1,MONTHS"), ""),
        (one(61).replace("11,,", "11,30,"), ""),
    ],
)
def test_the_day_from_which_aval_counts_is_only_said_where_the_dates_show_it(tmp_path, adtte, said):
    assert load_package(tmp_path, adtte=adtte).remarks["endpoints"] == ((said,) if said else ())
