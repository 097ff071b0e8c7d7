"""Run a notebook's cells in this process and collect what they show: fast, and warnings stay errors."""

import json
from dataclasses import dataclass
from pathlib import Path

from cartcohort.present import display

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SECTIONS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


@dataclass(frozen=True)
class Shown:
    """The mime bundles that a notebook displayed, in order, and its variables at the end."""

    bundles: list[dict]
    variables: dict

    def of_type(self, mime):
        """The contents of every bundle that holds this mime type."""
        return [bundle[mime] for bundle in self.bundles if mime in bundle]

    @property
    def results(self):
        """Every record of results.json by its id."""
        records = [record for shown in self.of_type(display.MIME_RESULTS) for record in shown["records"]]
        assert len({record["id"] for record in records}) == len(records)
        return {record["id"]: record for record in records}

    @property
    def text(self):
        """All plain text shown, as a reader would come across it."""
        return "\n".join(bundle["text/plain"] for bundle in self.bundles)


def run_notebook(section, **parameters):
    """Execute a notebook of the suite with these parameters, as papermill would."""
    cells = json.loads((NOTEBOOKS / f"{section}.ipynb").read_text(encoding="utf-8"))["cells"]
    bundles, variables = [], {"__name__": "__main__"}
    original, display.display = display.display, lambda item: bundles.append(item._repr_mimebundle_())
    try:
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{section}:{cell['id']}", "exec"), variables)
            if "parameters" in cell["metadata"].get("tags", []):
                variables.update(parameters)
    finally:
        display.display = original
    return Shown(bundles, variables)
