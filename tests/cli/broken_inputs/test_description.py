"""study.yaml: what it may not be, and what it may not say."""

import pytest

from cartcohort.study.description import Description
from tests.cli.broken_inputs.remedies import QUOTE
from tests.cli.broken_inputs.studies import Broken, refuse

BOMB = b"levels:\n  a0: &a0 [x, y]\n" + b"".join(
    b"  a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 11)
)
"""Eleven lines whose lists, if they were written out, would hold seven billion texts."""

BROKEN = {
    "no study.yaml": Broken(
        told=[
            (
                "The study has no study.yaml.",
                "study",
                "A study is a folder with study.yaml and its tables; data/README.md tells what they hold. "
                "`check FOLDER --suggest` proposes one for tables as they are.",
            )
        ],
        files={"study.yaml": None},
    ),
    "study.yaml in another encoding": Broken(
        told=[("The file is not encoded in UTF-8.", "study.yaml", "Save it as UTF-8.")],
        files={"study.yaml": b"title: M\xfcller\n"},
    ),
    "study.yaml in UTF-16": Broken(
        told=[("The file is not encoded in UTF-8.", "study.yaml", "Save it as UTF-8.")],
        files={"study.yaml": b"\xff\xfet\x00i\x00t\x00l\x00e\x00:\x00 \x00x\x00\n\x00"},
    ),
    "a tab before a key": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 3",
                (
                    "Write blanks, not tabs, before a key and after its colon. The parser says: found "
                    "character '\\t' that cannot start any token."
                ),
            )
        ],
        files={"study.yaml": b"title: x\ntables:\n\tsubjects: subjects.csv\n"},
    ),
    "a key given twice": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 2",
                "Keep one of the two. The parser says: the key `title` is given twice.",
            )
        ],
        files={"study.yaml": b"title: x\ntitle: y\n"},
    ),
    "a key given twice within another": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 4",
                "Keep one of the two. The parser says: the key `sex` is given twice.",
            )
        ],
        files={"study.yaml": b"values:\n  subjects:\n    sex: {m: male}\n    sex: {f: female}\n"},
    ),
    "a bracket that is not closed": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 2",
                "Close the bracket. The parser says: expected ',' or ']', but got '<stream end>'.",
            )
        ],
        files={"study.yaml": b"factors: [sex\n"},
    ),
    "a quotation mark that is not closed": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 2",
                "Close the quotation mark. The parser says: found unexpected end of stream.",
            )
        ],
        files={"study.yaml": b'title: "x\n'},
    ),
    "a colon in a title without quotation marks": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 1",
                f"{QUOTE} The parser says: mapping values are not allowed here.",
            )
        ],
        files={"study.yaml": b"title: CAR-T: our study\n"},
    ),
    "a control character": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml",
                "Delete the invisible control characters. The parser says: special characters are not allowed.",
            )
        ],
        files={"study.yaml": b"title: a\x07b\n"},
    ),
    "a list instead of keys": Broken(
        told=[("The file must hold keys with values.", "study.yaml", "Such as `title: My study`.")],
        files={"study.yaml": b"- sex\n- age_years\n"},
    ),
    "a misspelt key": Broken(
        told=[
            (
                "There is no key `factor`. Did you mean `factors`?",
                "study.yaml",
                f"Keys are: {', '.join(Description.__dataclass_fields__)}.",
            )
        ],
        replace={"study.yaml": {"factors:": "factor:"}},
    ),
    "wrong types of many keys at once": Broken(
        told=[
            ("`title` must be one text.", "study.yaml", "Quote it if it holds a colon or brackets."),
            ("`synthetic` must be true or false.", "study.yaml", "Write `synthetic: true` or `synthetic: false`."),
            ("`data_cutoff_date` must be a date.", "study.yaml", "Write it as year-month-day, such as 2023-02-28."),
            ("`factors` must be a list of texts.", "study.yaml", "Such as [sex, age_group]."),
            ("`levels` must hold pairs of name and value.", "study.yaml", "Such as {genetic_risk: [low, high]}."),
            (
                "`day_zero` must be one of infusion, transplant, treatment.",
                "study.yaml",
                "Write `day_zero: transplant`, or leave it out.",
            ),
        ],
        files={
            "study.yaml": b"title: [a]\nsynthetic: maybe\ndata_cutoff_date: 31.12.2022\nfactors: sex\n"
            b"levels: [a]\nday_zero: surgery\n"
        },
    ),
    "a cut-off that is no day": Broken(
        told=[
            ("`data_cutoff_date` must be a date.", "study.yaml", "Write it as year-month-day, such as 2023-02-28.")
        ],
        replace={"study.yaml": {"2022-12-31": "2022-02-30"}},
    ),
    "no cut-off for a study with dates": Broken(
        told=[
            (
                "A study with dates needs `data_cutoff_date`.",
                "study.yaml",
                "Add the last day of follow-up, such as `data_cutoff_date: 2023-02-28`.",
            )
        ],
        replace={"study.yaml": {"data_cutoff_date: 2022-12-31\n": ""}},
    ),
    "a table that study.yaml cannot name": Broken(
        told=[
            (
                "There is no key `subject` under `tables`. Did you mean `subjects`?",
                "study.yaml",
                "Keys are: subjects, adverse_events, assessments.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "tables: {subject: a.csv}"}},
    ),
    "a table file that is not there": Broken(
        told=[
            (
                "There is no such table file.",
                "events.csv",
                "Put it there, or name the right file under `tables` in study.yaml.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "tables: {adverse_events: events.csv}"}},
    ),
    "a table file outside the study": Broken(
        told=[
            (
                "The file lies outside the study's folder.",
                "../subjects.csv",
                "Put it there, and give its name alone: a change of it would not be noticed elsewhere.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "tables: {subjects: ../subjects.csv}"}},
    ),
    "a factor that is no column": Broken(
        told=[
            (
                "`factors` names `sx`, which is no column of the subjects table. Did you mean `sex`?",
                "study.yaml",
                "Use a column of the file, by its standard name, or a derived one.",
            )
        ],
        replace={"study.yaml": {"[sex]": "[sx]"}},
    ),
    "a factor that is known only after infusion": Broken(
        told=[
            (
                "`factors` names `best_response`, which is known only after infusion.",
                "study.yaml",
                (
                    "Compared from infusion, its groups are credited with the time lived to be in them. Name "
                    "what was known before; the survival section compares groups known later, also those under "
                    "`known_later` in study.yaml, guarded against that."
                ),
            )
        ],
        replace={"study.yaml": {"[sex]": "[best_response]"}},
    ),
    "a list of levels that lacks one": Broken(
        told=[
            (
                "`levels` of `sex` lacks a value that the column holds.",
                "subjects.csv: rows 3 and 4, column sex",
                "Complete `levels` in study.yaml.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "levels: {sex: [male]}"}},
    ),
    "a column that the file does not hold": Broken(
        told=[
            (
                "`columns` names `Gender`, which subjects.csv does not hold.",
                "study.yaml",
                "Give the name as it stands in the header of the file.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "columns: {subjects: {sex: Gender}}"}},
    ),
    "recoded values of a column that is not there": Broken(
        told=[
            (
                "`values` names `gender`, which is no column of subjects.csv.",
                "study.yaml",
                "Use the standard name of the column.",
            )
        ],
        replace={"study.yaml": {"factors: [sex]": "values: {subjects: {gender: {m: male}}}"}},
    ),
    "an alias that holds itself": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 1",
                f"{QUOTE} The parser says: found unconstructable recursive node.",
            )
        ],
        files={"study.yaml": b"levels: &a {sex: *a}\n"},
    ),
    "an alias of nothing": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 1",
                f"{QUOTE} The parser says: found undefined alias 'nothing'.",
            )
        ],
        files={"study.yaml": b"title: *nothing\n"},
    ),
    "aliases that would grow to a billion": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 1",
                "Write out what is meant, without & and *. The parser says: named parts (&) repeat each other too "
                "often.",
            )
        ],
        files={"study.yaml": BOMB},
    ),
    "five thousand brackets": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml",
                "Write `name: value`, with at most three levels. The parser says: it is nested too deeply.",
            )
        ],
        files={"study.yaml": b"title: " + b"[" * 5000},
    ),
    "a tag that would run a program": Broken(
        told=[("`title` must be one text.", "study.yaml", "Quote it if it holds a colon or brackets.")],
        files={"study.yaml": b"title: !!python/object/apply:os.system [ls]\n"},
    ),
    "a part that holds itself": Broken(
        told=[
            (
                "The file is not valid YAML.",
                "study.yaml: line 1",
                "Put a text that holds any of : # @ * & [ ] { } ' \" in quotation marks. The parser says: found "
                "unconstructable recursive node.",
            )
        ],
        files={"study.yaml": b"levels: &a {sex: *a}\n"},
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_check_refuses_with_place_and_remedy(tmp_path, broken):
    refuse(broken, tmp_path, "check", "study")
