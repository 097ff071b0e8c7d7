"""A browser without a network, and the pages of real runs to look at in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from cartcohort.render.plan import Request
from cartcohort.render.runner import run_batch
from tests.browser.hostile_runs import make_everything
from tests.notebooks.cohorts import write_minimal, write_registry, write_single

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "<img src=x onerror=window.smuggled=1>"


def pytest_ignore_collect():
    """Leave these tests out where there is no browser, except where their absence must be noticed."""
    return True if CHROMIUM is None and os.environ.get("CI") != "true" else None


@pytest.fixture(scope="package")
def browser():
    # Closed before the other tests: its event loop and threads would keep them from forking.
    assert CHROMIUM, "Chromium is not installed"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    """Open a file offline; fail at the end where it asked for or complained about anything."""
    complaints, contexts = [], []

    def opened(path, *, width=1440, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.is_navigation_request() or complaints.append(request.url[:100]))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for line in complaints if not line.startswith(("data:", "blob:"))] == []


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Folders of runs: both bundled studies, a scenario, and studies made to break pages.

    The registry has 5,000 patients and long, foreign and hostile names; "single" is one patient, and "minimal" has
    nothing but the columns that must be there.
    """
    root = tmp_path_factory.mktemp("runs")
    registry = write_registry(root / "registry", n=5000)
    for name in ("subjects.csv", "study.yaml"):
        text = (registry / name).read_text(encoding="utf-8")
        (registry / name).write_text(text.replace("centre 01", HOSTILE).replace("<of>", HOSTILE), encoding="utf-8")
    request = Request(study=registry, notebooks=ROOT / "notebooks", output=root / "reports")
    requests = [request, *(replace(request, study=ROOT / "data" / name) for name in ("car1922", "bmt"))]
    changed = {"subset": "tumor_burden == 'high'", "conf_level": 0.9}
    requests.append(replace(requests[1], scenario="high_burden", parameters=changed))
    small = {"single": write_single, "minimal": write_minimal}
    requests += [replace(request, study=write(root / name)) for name, write in small.items()]
    # In a batch each run has a name of its own.
    endings = run_batch([replace(one, scenario=one.run_folder.name) for one in requests])
    assert [ending.error for ending in endings if ending.error] == []
    assert [one.failure for ending in endings for one in ending.standings if one.failure] == []
    return {one.run_folder.name: one.run_folder for one in requests}


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Everything that can be made of a hostile study."""
    return make_everything(tmp_path_factory.mktemp("h"), ROOT / "notebooks")


@pytest.fixture
def open_page(visit, runs):
    """Open a page of a run by study and name."""
    return lambda study, name, **options: visit(runs[study] / f"{name}.html", **options)
