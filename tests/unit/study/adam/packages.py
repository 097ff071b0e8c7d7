"""ADaM packages of a few subjects as literals."""

from cartcohort.study import load_study
from tests.builders import as_csv

ADSL = """
    STUDYID, USUBJID, AGE, AGEU,  SEX, SAFFL,ITTFL, TRT01A,  TRT01AN, TRTSDT,    RANDDT,     LSTALVDT,   DTHDT, DTHFL
    S,       01,      50,  YEARS, F,   Y,    Y,     Placebo, 0,       2020-01-10, 2020-01-08, 2020-12-31, ,
    S,       02,      61,  YEARS, M,   Y,    Y,     Active,  1,       2020-02-10, 2020-02-08, 2020-06-30, 2020-07-01,Y
    S,       03,      72,  YEARS, F,   Y,    Y,     Placebo, 0,       2020-03-10, 2020-03-09, 2020-12-31, ,
    S,       04,      45,  YEARS, U,   N,    Y,     Active,  1,                 , 2020-03-20, 2020-10-01, ,
    S,       05,      33,  YEARS, M,   N,    N,            ,        ,           ,           ,           , ,
"""
"""Two arms; one death; one randomised, never treated; one screening failure."""

ADTTE = """
    USUBJID, PARAMCD, PARAM,                STARTDT,    ADT,        AVAL, CNSR, EVNTDESC, CNSDTDSC
    01,      OS,      Overall Survival,     2020-01-10, 2020-12-31, 357,  1,    ,         Alive
    02,      OS,      Overall Survival,     2020-02-10, 2020-07-01, 143,  0,    Death,
    03,      OS,      Overall Survival,     2020-03-10, 2020-12-31, 297,  1,    ,         Alive
    01,      TTX,     Time to First Rescue, 2020-01-10, 2020-03-10, 61,   0,    Rescue,
    02,      TTX,     Time to First Rescue, 2020-02-10, 2020-07-01, 143,  1,    ,         Death
    03,      TTX,     Time to First Rescue, 2020-03-10, 2020-04-09, 31,   0,    Withdrawal,
"""
"""AVAL is ADT - STARTDT + 1, as in ADaM."""

ADAE = """
    USUBJID, AEDECOD,  AETERM,    AESEV,    ASTDT,      ASTDTF, AENDT,      TRTEMFL
    01,      RASH,     red spots, MILD,     2020-01-12, ,       2020-01-20, Y
    01,      RASH,     rash,      SEVERE,   2020-02-12, D,                ,  Y
    02,      HEADACHE, headache,  MODERATE, 2020-02-01, ,       2020-02-03,
    05,      RASH,     rash,      MILD,     2020-02-01, ,                 ,
"""

ADRS = """
    USUBJID, PARAMCD, PARAM,                 AVALC,   ADT
    01,      BOR,     Best Overall Response, PR,      2020-03-01
    02,      BOR,     Best Overall Response, SD,      2020-03-01
    03,      BOR,     Best Overall Response, MISSING,
    01,      RSP,     Response,              Y,       2020-02-15
    02,      RSP,     Response,              N,
    02,      PD,      Progression,           Y,       2020-05-01
"""

ADLB = """
    USUBJID, PARAMCD, PARAM,           AVAL, ADT
    01,      SODIUM,  Sodium (mmol/L), 140,  2020-01-12
    01,      CRP,     CRP,             12,   21929
    02,      SODIUM,  Sodium (mmol/L),     , 2020-02-12
"""

YAML = "format: adam\nday_zero: treatment"


def write_package(folder, *, adsl=ADSL, adtte=None, adrs=None, adae=None, adlb=None, yaml=YAML):
    """Write a package as CSV files and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(yaml + "\n", encoding="utf-8")
    tables = {"adsl": adsl, "adtte": adtte, "adrs": adrs, "adae": adae, "adlb": adlb}
    for name, table in tables.items():
        if table is not None:
            (folder / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
    return folder


def load_package(folder, **tables):
    """Write a package and load it."""
    return load_study(write_package(folder, **tables))
