"""A user's day: a table in the format that they have, checked, mapped, and made into pages."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

import run_reports
from cartcohort.connect import copy_study, find_outside
from tests.builders import ADVERSE_EVENTS, ASSESSMENTS, COHORT, CUTOFF, as_csv
from tests.cli.conftest import make_workspace
from tests.formats import FORMS, read_car1922, type_frame, write_tables
from tests.postgres import run_server

COUNTS = "  patients: 6\n  adverse events: 5 of 4 patients\n  assessments: 3 of 2 patients\n"
TABLES = {
    name: as_csv(text)
    for name, text in (("subjects", COHORT), ("adverse_events", ADVERSE_EVENTS), ("assessments", ASSESSMENTS))
}


@pytest.fixture(scope="module")
def postgres():
    yield from run_server()


def write_study(folder, form):
    """Write a study of six patients in a format."""
    folder.mkdir()
    named = write_tables(folder, form, TABLES)
    (folder / "study.yaml").write_text(f"title: Ours\ndata_cutoff_date: {CUTOFF}\n{named}\n")
    return folder


SAID = {
    "western": [f"{name}.txt: semicolons between cells" for name in TABLES],
    "utf-16": [f"{name}.txt: UTF-16, tabs between cells" for name in TABLES],
    "xlsx": [f"registry.xlsx: sheet {name}" for name in ("Subjects", "Adverse events", "Assessments")],
}


@pytest.mark.parametrize("form", FORMS)
def test_check_says_what_a_study_holds_and_what_was_told_from_its_files(tmp_path, capsys, form):
    study = write_study(tmp_path / "ours", form)
    assert run_reports.main(["check", str(study)]) == 0
    out = capsys.readouterr().out
    said = "".join(f"  read {line}\n" for line in SAID.get(form, []))
    assert out.startswith(f"Ours: the study is sound.\n{said}{COUNTS}")


def test_every_format_becomes_the_same_page(tmp_path, postgres, monkeypatch):
    """One batch: CSV is the base, every other format a scenario whose numbers must be the same."""
    monkeypatch.setenv("PGPASSWORD", "s3cret:/@#")
    frames = {f"ours_{name}": type_frame(name, text) for name, text in TABLES.items()}
    postgres.write(frames)
    places = {form: write_study(tmp_path / form, form) for form in FORMS}
    places["postgres"] = tmp_path / "postgres"
    places["postgres"].mkdir()
    named = ", ".join(f"{name}: '{postgres.url(password='', table=f'ours_{name}')}'" for name in TABLES)
    yaml = f"title: Ours\ndata_cutoff_date: {CUTOFF}\n"
    (places["postgres"] / "study.yaml").write_text(f"{yaml}tables: {{{named}}}\n")
    (tmp_path / "csv").mkdir()
    for name, text in {**{f"{name}.csv": text for name, text in TABLES.items()}, "study.yaml": yaml}.items():
        (tmp_path / "csv" / name).write_text(text)
    runs = "".join(f"  {form.replace('-', '_')}: {{study: {place}}}\n" for form, place in places.items())
    (tmp_path / "formats.yaml").write_text(f"base: {{study: {tmp_path / 'csv'}}}\nruns:\n{runs}")
    command = ["--scenarios", str(tmp_path / "formats.yaml"), "--section", "survival"]
    assert run_reports.main([*command, "--output", str(tmp_path / "reports")]) == 0
    base = (tmp_path / "reports" / "base" / "results.json").read_bytes()
    assert b"survival/os/median" in base
    for form in places:
        run = tmp_path / "reports" / form.replace("-", "_")
        assert (run / "results.json").read_bytes() == base, form
        assert (run / "survival.html").is_file()


def test_a_raw_sheet_of_excel_becomes_a_page(tmp_path, capsys):
    """The names and codes are the centre's own, and the first try fails with what to do."""
    frame = type_frame("subjects", read_car1922()["subjects"])
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Patienten"
    names = {
        "subject_id": "PatNr",
        "infusion_date": "Infusion",
        "death_date": "Tod",
        "last_contact_date": "Letzter Kontakt",
    }
    raw = frame[[*names, "sex", "age_years"]].rename(columns=names).replace({"female": "w", "male": "m"})
    sheet.append(["Register, Stand Februar 2023"])
    for row in [list(raw), *raw.itertuples(index=False)]:
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    study = tmp_path / "zentrum"
    study.mkdir()
    book.save(study / "subjects.xlsx")
    (study / "study.yaml").write_text(
        "data_cutoff_date: 2023-02-28\n"
        f"columns: {{subjects: {names}}}\nvalues: {{subjects: {{sex: {{w: female, m: male}}}}}}\n".replace("'", "")
    )
    assert run_reports.main(["check", str(study)]) == 11
    assert "Delete what stands above it, as it seems row 1" in capsys.readouterr().err
    sheet.delete_rows(1)
    book.save(study / "subjects.xlsx")
    assert run_reports.main(["check", str(study)]) == 0
    assert "  read subjects.xlsx: sheet Patienten\n  patients: 35\n" in capsys.readouterr().out
    words = ["--study", str(study), "--section", "survival", "--output", str(tmp_path / "reports")]
    assert run_reports.main(words) == 0
    page = (tmp_path / "reports" / "zentrum" / "survival.html").read_text(encoding="utf-8")
    assert "35 patients" in page


READS = "from cartcohort.study import load_study\nprint(len(load_study(study_path).subjects), 'patients')"


@pytest.fixture
def registry(tmp_path, postgres, monkeypatch):
    """A workspace whose study lies in a database, and the server of that."""
    monkeypatch.setenv("PGPASSWORD", "s3cret:/@#")
    frames = {f"four_{name}": type_frame(name, text) for name, text in read_car1922().items() if name == "subjects"}
    postgres.write(frames)
    workspace = make_workspace(tmp_path, response=[READS])
    study = tmp_path / "data" / "four"
    (study / "subjects.csv").unlink()
    url = postgres.url(password="", table="four_subjects")
    (study / "study.yaml").write_text(f"data_cutoff_date: 2023-02-28\ntables: {{subjects: '{url}'}}\n")
    return workspace, postgres


def test_a_study_in_a_database_is_made_again_only_when_that_has_changed(registry):
    workspace, server = registry
    answer = workspace.run()
    assert answer.code == 0
    notebook = (workspace.folder / "notebooks" / "response.ipynb").read_text()
    assert "35 patients" in notebook
    assert "response  up to date" in workspace.run().out

    server.execute("DELETE FROM four_subjects WHERE subject_id = 'P35'")
    assert "data file snapshot/subjects.csv changed" in workspace.run("--dry-run").out
    assert workspace.run("--output", "data/four/reports").code == 0
    assert "response  up to date" in workspace.run("--output", "data/four/reports").out
    assert workspace.run().code == 0
    assert "34 patients" in (workspace.folder / "notebooks" / "response.ipynb").read_text()


def test_nothing_that_a_run_leaves_or_says_holds_a_password_or_a_temporary_place(registry, tmp_path, monkeypatch):
    workspace, _ = registry
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "zq"))
    (tmp_path / "zq").mkdir()
    monkeypatch.delenv("PGPASSWORD")
    study = tmp_path / "data" / "four" / "study.yaml"
    study.write_text(study.read_text().replace("cart@", "cart:s3cret%3A%2F%40%23@"))
    answer = workspace.run()
    assert answer.code == 0
    written = b"".join(workspace.snapshot().values()).decode() + answer.out + answer.err
    assert "s3cret" not in written and str(tmp_path / "zq") not in written
    # multiprocessing keeps a folder of its own until this process ends.
    assert [path for path in (tmp_path / "zq").iterdir() if not path.name.startswith("pymp-")] == []
    assert [path.name for path in study.parent.iterdir()] == ["study.yaml"]


def test_flaws_of_a_database_are_told_with_its_name_before_anything_runs(registry):
    workspace, server = registry
    server.execute("UPDATE four_subjects SET sex = 'unclear' WHERE subject_id IN ('P02', 'P05')")
    answer = workspace.run()
    assert answer.code == 11
    assert f"{server.place}#four_subjects: rows 3 and 6, column sex" in answer.err
    assert not workspace.folder.exists()


def test_a_database_that_cannot_be_read_ends_the_run(registry, monkeypatch):
    workspace, server = registry
    monkeypatch.setenv("PGPASSWORD", "wrong")
    answer = workspace.run()
    assert (answer.code, answer.err) == (
        11,
        "The database cannot be read: the password is refused.\n"
        f"{server.place}#four_subjects\nLook at the user and the password.\n",
    )


def test_a_report_never_gets_into_the_folder_of_a_study_in_a_database(registry):
    workspace, _ = registry
    answer = workspace.run("--output", "data")
    assert (answer.code, answer.err.splitlines()[:2]) == (
        13,
        ["The report would be written into the study's own folder.", "data/four"],
    )


def test_a_study_with_urls_that_name_no_table_is_run_as_it_is(tmp_path):
    study = tmp_path / "study.yaml"
    for text, expected in [
        ("source: https://example.org\ntables: {subjects: a.csv}", None),
        ("tables: {subjects: 'https://example.org/a.csv'}", copy_study),
        ("source: x", None),
    ]:
        study.write_text(text)
        assert find_outside(tmp_path) is expected
    study.unlink()
    assert find_outside(tmp_path) is None
