"""The benchmark that times the cells of a notebook."""

from __future__ import annotations

import json

from tests.benchmarks.cells import NOTEBOOKS, time_section


def test_every_code_cell_of_a_section_is_timed_on_the_study_asked_for():
    times, megabytes = time_section("efficacy", "data/bmt")
    cells = json.loads((NOTEBOOKS / "efficacy.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [number for number, cell in enumerate(cells) if cell["cell_type"] == "code"]
    assert [time.number for time in times] == code
    assert sum(time.seconds for time in times) > 0
    assert times[-1].kilobytes > 10
    assert megabytes > 10
