"""What a level is called changes no number and no sentence, whatever signs its name holds."""

import json
import shutil
from html import escape

import pytest
import yaml

from cartcohort.estimate.sections.toxicity import name_term
from tests.notebooks.cohorts import write_registry
from tests.notebooks.execute import SECTIONS, run_notebook

PLAIN = {"centre 01": "ON and the others", "centre 02": "TW and the others", "centre 03": "SI and the others"}
ODD = {"centre 01": "B/A: low vs *, by", "centre 02": "B/A: top vs [i]/c", "centre 03": "B/cox/c/low/%s: x"}
"""Levels of equal lengths, in equal order, of which none loses its capital within a sentence."""


def shown_of(section, folder, names):
    """What a notebook shows of a registry whose first three centres have these names, the others being left out."""
    shutil.rmtree(folder, ignore_errors=True)
    study = write_registry(folder, n=400)
    lines = (study / "subjects.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.startswith("subject_id") or any(f",{name}," in line for name in names)]
    text = "\n".join(kept)
    for old, new in names.items():
        text = text.replace(f",{old},", f',"{new}",')
    (study / "subjects.csv").write_text(text + "\n", encoding="utf-8")
    description = {"title": "Names", "factors": ["centre", "age_group"], "levels": {"centre": list(names.values())}}
    (study / "study.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    terms = "".join(f'{line.split(",")[0]},"{names["centre 01"]}",3,1,4\n' for line in kept[1::3])
    header = "subject_id,term,grade,onset_day,resolution_day\n"
    crs = "".join(f"{line.split(',')[0]},CRS,{1 + at % 4},1,4\n" for at, line in enumerate(kept[1::2]))
    (study / "adverse_events.csv").write_text(header + terms + crs, encoding="utf-8")
    return run_notebook(section, study_path=str(study), bootstrap_samples=20)


def plain_again(text):
    """Text with the odd names, however they are written in it, replaced by the plain ones."""
    text = text.replace("\u00a0", " ")
    for old, name in ODD.items():
        for write in (str, escape):
            text = text.replace(write(name), PLAIN[old])
        text = text.replace(f"/{name_term(name)}/", f"/{name_term(PLAIN[old])}/")
    return text


@pytest.mark.parametrize("section", SECTIONS)
def test_the_names_of_levels_and_terms_change_nothing_else(tmp_path, section):
    plain, odd = (shown_of(section, tmp_path / "names", names) for names in (PLAIN, ODD))
    assert len(odd.results) == len(plain.results) > 50
    assert any(ODD["centre 03"] in name for name in odd.results)
    assert [plain_again(json.dumps(record, ensure_ascii=False)) for record in odd.results.values()] == [
        json.dumps(record, ensure_ascii=False).replace("\u00a0", " ") for record in plain.results.values()
    ]
    for one, other in zip(odd.bundles, plain.bundles, strict=True):
        for mime in ("text/plain", "text/html"):
            assert plain_again(one.get(mime, "")) == other.get(mime, "").replace("\u00a0", " ")
