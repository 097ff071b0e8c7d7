"""Run folders written by hand: a manifest, results, curves and the head of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cartcohort.render.manifest import Entry, Manifest, hash_files, write_manifest

FIELDS = ("estimate", "conf_low", "conf_high", "n", "n_event", "statistic", "df", "p_value", "p_holm", "p_bh")
CURVE = """panel,group,time,n_at_risk,events_so_far,censored_so_far,survival,conf_low,conf_high
Overall survival,All,0.0,4,0,0,1.0,1.0,1.0
Overall survival,All,2.0,4,1,0,0.75,0.2,0.9
Overall survival,All,5.0,3,1,3,0.75,0.2,0.9
"""


def make_record(name: str, **fields: Any) -> dict[str, Any]:
    """A record of `results.json`."""
    words = {"label": name.upper(), "unit": "months", "method": "", "note": "", "conf_level": 0.95}
    return {"id": name, "section": name.split("/")[0], **dict.fromkeys(FIELDS), **words, **fields}


def write_run(
    folder: Path,
    records: Sequence[Mapping[str, Any]] = (),
    *,
    parameters: Mapping[str, Any] | None = None,
    curve: str = CURVE,
    synthetic: bool = False,
    study: str = "Four patients",
    others: Mapping[str, str] | None = None,
) -> Path:
    """Write the folder of a run of the section `survival`, as a run leaves it.

    `others` are further sections with why they failed, empty where they did not.
    """
    for name in ("figures", "notebooks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    page = {"study_title": study, "synthetic": synthetic, "n": 4, "population": "infused", "data_cutoff_date": None}
    output = {"output_type": "display_data", "data": {"application/vnd.cartcohort.page+json": page}}
    notebook = {"cells": [{"cell_type": "code", "source": "", "outputs": [output]}]}
    (folder / "notebooks/survival.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "figures/survival-os.csv").write_text(curve, encoding="utf-8")
    (folder / "figures/survival-os.svg").write_text('<svg><title id="t">Survival &amp; so</title></svg>')
    (folder / "results.json").write_text(json.dumps(list(records)), encoding="utf-8")
    (folder / "index.html").write_text("<p>The run</p>")
    inputs = {"notebook": "n", "code": "c", "data": {"subjects.csv": "d"}, "versions": {"numpy": "2"}}
    inputs |= {"parameters": dict(parameters or {}), "source_date_epoch": None}
    owned = hash_files(folder, ["notebooks/survival.ipynb", "figures/survival-os.csv", "figures/survival-os.svg"])
    common = hash_files(folder, ["results.json", "index.html"])
    sections = {"survival": Entry(inputs, owned)}
    sections |= {name: Entry(inputs, owned, failure) for name, failure in (others or {}).items()}
    write_manifest(Manifest(sections, common), folder)
    return folder
