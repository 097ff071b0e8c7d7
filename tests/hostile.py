"""A study that carries hostile text in every place where one can carry text, each place with a mark of its own.

A mark is a plain word such as `mark07x` that stands beside the text, so that a test can tell where a place came out.
"""

from __future__ import annotations

import csv
import io
import string
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

HOST = "evil.invalid"
"""Whoever asks anything of this host has been made to."""

PAYLOADS = {
    "script": "<script>window.hit=1</script>",
    "image": '<img src="x" onerror="window.hit=1">',
    "breakout": "</title></style></script></pre></textarea><svg onload=window.hit=1>",
    "comment": f"--><!-- ]]><iframe src=//{HOST}></iframe>",
    "attribute": f'" onmouseover=window.hit=1 style="background:url(//{HOST}/a)" autofocus onfocus=window.hit=1 x="',
    "template": "{{7*7}}{% raw %}{0.__class__}{patients}%s%(n)s${7*7}",
    "tex": r"$\input{x}$ $$\frac{1}{2}$$ \(y_1\) \begin{equation}z\end{equation}",
    "markdown": f"**b** [l](http://{HOST}/l) ![i](http://{HOST}/i.png) `c` | # h <http://{HOST}/>",
    "address": "javascript:window.hit=1//",
    "entity": "&lt;b&gt;&amp;&#x3c;i&#x3e;&nbsp;",
    "formula": f'=HYPERLINK("http://{HOST}","x")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "control": "\x1b[31m\x1b]0;t\x07\x08\x7f\x9b2J",
    "bidi": "\u202egnp.exe\u2066\u2067",
    "zero_width": "a\u200bb\u2060c\ufeff\u00ad",
    "quotes": 'it\'s "q" \\ \\n `b` $(id) ; & !x',
}
"""Texts by what they would do; none is longer than a line."""

LONG = "W" * 10_000

N_PATIENTS = 108


def mark(place: str) -> str:
    """Return the mark of a place: letters and digits alone, which nothing escapes, shortens or splits."""
    digits = {sign: str(number) for number, sign in enumerate(string.ascii_lowercase)}
    return "mk" + "".join(sign if sign.isalpha() else "q" for sign in place.lower()) + digits[place[0]] + "x"


def hostile(place: str, payload: str) -> str:
    """Return a payload with the mark of its place, after it where the payload must come first."""
    text = PAYLOADS[payload]
    return f"{text} {mark(place)}" if text[0] in "=+-@" else f"{mark(place)} {text}"


LEVELS = tuple(hostile(f"level {name}", name) for name in PAYLOADS)
TERMS = ("CRS", "ICANS", *(hostile(f"term {name}", name) for name in PAYLOADS))

FOLDER = f"{mark('folder')} <img src=x onerror=window.hit=1> 'q' \"d\" $x$ {{{{7*7}}}} &amp; `id` $(id) #a%41"
SUBJECTS_FILE = f"{mark('file')} <svg onload=window.hit=1> & 'q' $(id).csv"
OWN_NAMES = {
    "subject_id": hostile("name id", "script"),
    "age_years": hostile("name age", "formula"),
    "site": hostile("name site", "image"),
    "ward": hostile("name ward", "tex"),
    "peak_day": hostile("name peak", "template"),
}
"""Standard name to that of the file."""
EXTRA = hostile("name extra", "breakout")
"""A column of the file that the description does not name."""

SUBSET = f"subject_id != {hostile('subset', 'breakout')!r}"


def describe(**changes: object) -> dict:
    """Return the content of study.yaml."""
    return {
        "title": hostile("title", "breakout"),
        "source": hostile("source", "markdown"),
        "synthetic": True,
        "tables": {"subjects": SUBJECTS_FILE},
        "columns": {"subjects": OWN_NAMES},
        "values": {"subjects": {"sex": {hostile("value", "script"): "male", "=f": "female"}}},
        "factors": ["site", "ward", "sex", "age_group"],
        "levels": {"ward": [hostile("ward one", "image"), hostile("ward two", "bidi")]},
        "labels": {
            "site": hostile("label site", "attribute"),
            "ward": hostile("label ward", "tex"),
            "peak_day": hostile("label day", "image"),
            "high_peak": hostile("label group", "script"),
            "age_group": hostile("label age", "formula"),
        },
        "known_later": {"high_peak": "peak_day"},
        "endpoints": {
            "own": {
                "label": hostile("endpoint", "breakout"),
                "events": ["peak", "death"],
                "patients": f"subject_id != {hostile('patients', 'image')!r}",
            }
        },
        "published": "published.yaml",
        **changes,
    }


def write_hostile(
    root: Path, *, folder: str = FOLDER, swaps: Mapping[str, str] = MappingProxyType({}), **changes: object
) -> Path:
    """Write the study into a folder below `root` and return that folder; `swaps` names texts to write otherwise."""
    study = root / folder
    study.mkdir(parents=True)
    content = _swap(describe(**changes), swaps)
    (study / "study.yaml").write_text(yaml.safe_dump(content, allow_unicode=False), encoding="utf-8")
    tables = {content["tables"]["subjects"]: _subjects()}
    tables |= {"adverse_events.csv": _adverse_events(), "assessments.csv": _assessments()}
    for name, lines in tables.items():
        (study / name).write_text(as_csv(_swap(lines, swaps)), encoding="utf-8")
    published = [
        {
            "claim": hostile("claim", "image"),
            "result": "survival/os/median",
            "field": "estimate",
            "published": "12.2",
        },
        {"claim": "Deaths", "result": hostile("result", "script"), "field": hostile("field", "at"), "published": "1"},
    ]
    (study / "published.yaml").write_text(yaml.safe_dump(published, allow_unicode=False), encoding="utf-8")
    return study


def _swap(value: Any, swaps: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {swaps.get(key, key): _swap(one, swaps) for key, one in value.items()}
    if isinstance(value, list):
        return [_swap(one, swaps) for one in value]
    return swaps.get(value, value) if isinstance(value, str) else value


def as_csv(lines: list[list[object]]) -> str:
    """Return CSV text in which every text is in quotation marks."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _name(number: int) -> str:
    """Return the id of a patient; some are hostile."""
    kinds = list(PAYLOADS)
    return hostile(f"id {kinds[number]}", kinds[number]) if number < len(kinds) else f"P{number:03d}"


def _subjects() -> list[list[object]]:
    header = [
        *(OWN_NAMES["subject_id"], "death_day", "last_contact_day", OWN_NAMES["age_years"], "sex"),
        *("best_response", "response_day", "relapse_day", "relapse_cd19", "hsct_day", "genetic_abnormalities"),
        *(OWN_NAMES["site"], OWN_NAMES["ward"], OWN_NAMES["peak_day"], EXTRA, "marrow_blasts_pct"),
    ]
    wards = (hostile("ward one", "image"), hostile("ward two", "bidi"))
    sexes = (hostile("value", "script"), "=f")
    lines = []
    for i in range(N_PATIENTS):
        last = 200 + i * 37 % 700
        responded, died = i % 3 != 0, i % 5 in (1, 2)
        relapsed = responded and i % 7 in (2, 3)
        lines.append(
            [
                *(_name(i), last if died else "", last, 20 + i % 50, sexes[i % 2]),
                *("CR" if responded else "NR", 28 if responded else "", last - 60 if relapsed else ""),
                *("negative" if relapsed and i % 2 else "positive" if relapsed else "", 150 if i % 11 == 1 else ""),
                hostile("abnormality", "script") if i % 4 else "",
                *(LEVELS[i % len(LEVELS)], wards[i // 3 % 2], 10 + i if i % 4 == 1 else ""),
                *(hostile("extra", "at") if i % 2 else "none", 5 + i % 90),
            ]
        )
    return [header, *lines]


def _adverse_events() -> list[list[object]]:
    lines = []
    for i in range(N_PATIENTS):
        lines.append([_name(i), "CRS", 1 + i % 4, 2 + i % 4, 6 + i % 5, hostile("treatment", "image")])
        lines.append([_name(i), TERMS[1 + i % (len(TERMS) - 1)], 1 + i % 3, 5, 9, ""])
    return [["subject_id", "term", "grade", "onset_day", "resolution_day", "treatment"], *lines]


def _assessments() -> list[list[object]]:
    lines = []
    for i in range(N_PATIENTS):
        for day in (1, 7, 14):
            lines.append([_name(i), day, "il6", 10 + (i * day) % 90, hostile("unit", "script")])
            lines.append([_name(i), day, hostile("assay", "image"), 3 + (i + day) % 50, hostile("unit two", "tex")])
    return [["subject_id", "assessment_day", "assay", "value", "unit"], *lines]
