"""A run folder described for archives and journals: `ro-crate-metadata.json`.

It follows the Research Object Crate specification 1.2 and its profile for runs of a program. Everything in it comes
from the manifest and the pages: no clock, no user, no folder of the machine. Written by hand rather than by the
library `rocrate`, which stamps each description with the time at which it was made; that library reads it, and
`rocrate-validator` finds nothing missing that is required. Of what is recommended, publisher, agent and time of an
action are left out, since nobody tells them.

References
----------
RO-Crate Metadata Specification 1.2, https://w3id.org/ro/crate/1.2.
Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5.
Package-URL, https://github.com/package-url/purl-spec: the addresses of the program and the libraries.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from cartcohort.parameters import PARAMETERS
from cartcohort.render.guideline import read_guideline
from cartcohort.render.index import Report, choose_page
from cartcohort.render.manifest import FILE_NAME, Entry, Manifest

CRATE = "ro-crate-metadata.json"

_SPECIFICATION = "https://w3id.org/ro/crate/1.2"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_ROOT = "./"
_LICENCE = "#licence"
_FORMATS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_COMPLETED, _FAILED = (f"http://schema.org/{state}ActionStatus" for state in ("Completed", "Failed"))
_KINDS = {
    ("", ".html"): "A page of the report, which opens offline.",
    ("", ".docx"): "Tables and figures of a section for a manuscript.",
    ("", ".pdf"): "A page of the report for paper.",
    ("figures", ".csv"): "The numbers that the figure of this name draws.",
    ("figures", ".png"): "A figure of the pages, for print.",
    ("figures", ".svg"): "A figure of the pages.",
    ("notebooks", ".ipynb"): "The executed notebook that a page was made from.",
    ("tables", ".csv"): "A table of the pages, its numbers unrounded.",
}
_ABOUT = {
    FILE_NAME: "What each page was made from, and the SHA-256 of every file.",
    "results.json": "Every number of the report with all its digits.",
    "timings.json": "How long each section took; the only file that differs between equal runs.",
}

Reference = dict[str, str]


class _Graph:
    """The entities of a crate, in the order in which they were added."""

    def __init__(self) -> None:
        self._entities: dict[str, dict[str, Any]] = {}

    def add(self, wanted: str, kind: str | list[str], /, **properties: Any) -> Reference:
        """Add an entity and return a reference to it; one that is there is taken, another of that id numbered."""
        content = {"@type": kind, **{key: value for key, value in properties.items() if value not in (None, "", [])}}
        identifier, number = wanted, 1
        while self._entities.setdefault(identifier, content) != content:
            number += 1
            identifier = f"{wanted}-{number}"
        return {"@id": identifier}

    def dump(self) -> str:
        """Return the crate as JSON."""
        entities = [{"@id": identifier, **content} for identifier, content in self._entities.items()]
        content = {"@context": f"{_SPECIFICATION}/context", "@graph": entities}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def describe_crate(manifest: Manifest, reports: Sequence[Report], files: Iterable[str], folder: Path) -> str:
    """Return `ro-crate-metadata.json` of a run.

    Parameters
    ----------
    manifest : Manifest
        Of the run, but for the crate itself.
    reports : sequence of Report
        The sections of the run, in order.
    files : iterable of str
        Every file of the run, by path inside its folder; the manifest, which is written later, is added.
    folder : Path
        Where they lie.
    """
    graph, page = _Graph(), choose_page(reports)
    titles = {report.section.name: report.section.title for report in reports}
    hashes = manifest.hashes
    names = sorted({*files, FILE_NAME} - {CRATE})
    graph.add(CRATE, "CreativeWork", about={"@id": _ROOT}, conformsTo={"@id": _SPECIFICATION})
    root = {
        **_describe_root(manifest, page, titles),
        "hasPart": [_refer(name) for name in names],
        "mentions": [{"@id": f"#make/{quote(name)}"} for name in _name_actions(manifest)],
        "conformsTo": {"@id": _PROFILE},
    }
    graph.add(_ROOT, "Dataset", **root)
    graph.add(_PROFILE, ["CreativeWork", "Profile"], name="Process Run Crate", version="0.5")
    said = "Whoever made the report decides how it may be used."
    graph.add(_LICENCE, "CreativeWork", name="No licence is stated here", description=said)
    for name in names:
        _add_file(graph, name, hashes.get(name), _name_file(name, titles), folder)
    for name, entry in manifest.sections.items():
        _add_section(graph, name, entry, titles.get(name, name), manifest)
    _add_common(graph, manifest)
    return graph.dump()


def _name_actions(manifest: Manifest) -> list[str]:
    return [*manifest.sections, "overview", *(["exports"] if manifest.exports else [])]


def _describe_root(manifest: Manifest, page: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    title = page.get("study_title") or manifest.run.get("name", "")
    date, remark = _date(manifest, page)
    said = [
        f"Report pages made by cart-reports: {', '.join(titles[name] for name in manifest.sections)}.",
        "The files of the study that they were made from are no part of this folder.",
        "SYNTHETIC DATA: the patients are made up." if page.get("synthetic") else "",
        remark,
    ]
    return {
        "name": f"{title}: report",
        "description": " ".join(filter(None, said)),
        "datePublished": date,
        "license": {"@id": _LICENCE},
    }


def _date(manifest: Manifest, page: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return the date of the report, and what is to be said of it; there is no clock to take it from."""
    epoch = manifest.run.get("source_date_epoch")
    if page.get("report_date"):
        return page["report_date"], ""
    if epoch is not None:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat(), ""
    cutoff = page.get("data_cutoff_date")
    return cutoff, "The report bears no date; the one given here is the cut-off of the data." if cutoff else ""


def _add_file(graph: _Graph, name: str, digest: str | None, title: str, folder: Path) -> None:
    """Describe a file; of one that is not hashed, since it differs between equal runs, the size is left out too."""
    path = PurePosixPath(name)
    graph.add(
        quote(name),
        "File",
        name=title,
        description=_ABOUT.get(name) or _KINDS.get((path.parent.name, path.suffix)),
        encodingFormat=_FORMATS.get(path.suffix, "application/octet-stream"),
        contentSize=str((folder / name).stat().st_size) if digest else None,
        sha256=digest,
    )


def _name_file(name: str, titles: Mapping[str, str]) -> str:
    if name == "index.html":
        return f"Overview, and where the report answers {read_guideline().title}"
    stem, _, ending = name.rpartition(".")
    return titles[stem] if ending == "html" and stem in titles else PurePosixPath(name).name


def _add_section(graph: _Graph, name: str, entry: Entry, title: str, manifest: Manifest) -> None:
    """Describe how the files of one section were made, or that it failed."""
    inputs = entry.inputs or {}
    study = manifest.run.get("study", "")
    data = [_add_hashed(graph, f"{study}/{file}", digest) for file, digest in inputs.get("data", {}).items()]
    notebook = [_add_hashed(graph, f"notebooks/{name}.ipynb", inputs["notebook"])] if inputs.get("notebook") else []
    values = [_add_parameter(graph, key, value) for key, value in inputs.get("parameters", {}).items()]
    failed = f"The last attempt failed: {entry.failure}" if entry.failure else ""
    graph.add(
        f"#make/{quote(name)}",
        "CreateAction",
        name=f"Execute the notebook of the section {title}",
        description=failed or "Papermill executed it, and nbconvert made its page.",
        instrument=_add_program(graph, inputs or manifest.run),
        object=[*notebook, *data, *values],
        result=[_refer(file) for file in entry.outputs],
        actionStatus=_COMPLETED if entry.outputs else _FAILED,
    )


def _add_common(graph: _Graph, manifest: Manifest) -> None:
    """Describe how the files that speak of all sections, and exports, were made from those of the sections."""
    program = _add_program(graph, manifest.run)
    notebooks = [
        _refer(file) for entry in manifest.sections.values() for file in entry.outputs if "notebooks/" in file
    ]
    common = {"instrument": program, "actionStatus": _COMPLETED}
    results = [_refer(file) for file in manifest.outputs]
    about = {"name": "Put the sections together", "description": "The overview and what holds all numbers were made."}
    graph.add("#make/overview", "CreateAction", **about, object=notebooks, result=results, **common)
    if manifest.exports:
        by_hash = {digest: file for file, digest in manifest.hashes.items()}
        sources = {by_hash[one.source]: None for one in manifest.exports.values() if one.source in by_hash}
        made = [_refer(file) for file in manifest.exports]
        about = {"name": "Export pages and figures", "description": "From the files of the report as they are."}
        objects = [_refer(file) for file in sources]
        graph.add("#make/exports", "CreateAction", **about, object=objects, result=made, **common)


def _add_hashed(graph: _Graph, name: str, digest: str) -> Reference:
    """Describe a file that was read and is no part of the folder."""
    return graph.add(f"#read/{quote(name)}", "CreativeWork", name=name, sha256=digest)


def _add_parameter(graph: _Graph, name: str, value: Any) -> Reference:
    declared = PARAMETERS.get(name)
    shown = value if isinstance(value, (str, bool, int, float)) else json.dumps(value, ensure_ascii=False)
    return graph.add(
        f"#parameter/{quote(name)}",
        "PropertyValue",
        name=name,
        value=shown,
        description=declared.help if declared else None,
        unitText=declared.unit if declared else None,
    )


def _add_program(graph: _Graph, inputs: Mapping[str, Any]) -> Reference:
    """Describe the program by its version, the SHA-256 of its code, and the libraries that it used."""
    versions = dict(inputs.get("versions", {}))
    version, code = versions.pop("cart-reports", ""), inputs.get("code")
    needed = [
        _add_software(graph, "generic" if name == "python" else "pypi", name, versions[name]) for name in versions
    ]
    checksum = f"?checksum=sha256:{code}" if code else ""
    return _add_software(graph, "generic", "cart-reports", version, checksum, softwareRequirements=needed)


def _add_software(
    graph: _Graph, kind: str, name: str, version: str, checksum: str = "", **properties: Any
) -> Reference:
    """Describe software under its Package-URL, which names it and its version without naming a place."""
    known = f"@{quote(version)}" if version else ""
    url = f"pkg:{kind}/{quote(name.lower().replace('_', '-'))}{known}{checksum}"
    return graph.add(url, "SoftwareApplication", name=name, url=url, version=version, **properties)


def _refer(name: str) -> Reference:
    return {"@id": quote(name)}
