"""Tables of databases: SQLite files, and a real PostgreSQL server."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from cartcohort.errors import StudyDataError
from cartcohort.study.sources.read import read_table
from tests.postgres import PASSWORD


def read(folder, name, table="subjects"):
    return read_table(folder, name, table=table)


def only_problem(folder, name):
    with pytest.raises(StudyDataError) as caught:
        read(folder, name)
    [problem] = caught.value.problems
    return problem.what, problem.where, problem.remedy


def cells_of(table):
    return {name: [None if pd.isna(cell) else cell for cell in table.cells[name]] for name in table.cells}


@pytest.fixture
def registry(tmp_path) -> Path:
    """A folder with an SQLite database."""
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.executescript(
        "CREATE TABLE subjects (id INTEGER, x, y);"
        "INSERT INTO subjects VALUES (10, 'b', 2.5), (9, NULL, 1.0), (10, 'a', NULL), (9, NULL, 7);"
        'CREATE TABLE "Odd ""name; --" (id); INSERT INTO "Odd ""name; --" VALUES (1);'
        "CREATE VIEW seen AS SELECT id FROM subjects WHERE id = 9;"
        "CREATE TABLE pictures (id, photo); INSERT INTO pictures VALUES (1, x'ffd8');"
    )
    connection.close()
    return tmp_path


def test_rows_of_a_database_are_sorted_by_the_first_column_then_by_the_others(registry):
    table = read(registry, "sqlite:///a.db#subjects")
    assert cells_of(table) == {
        "id": ["9", "9", "10", "10"],
        "x": [None, None, "a", "b"],
        "y": ["1", "7", None, "2.5"],
    }
    assert table.rows.tolist() == [2, 3, 4, 5]
    assert table.file == "sqlite:///a.db#subjects"


def test_the_table_is_that_of_the_standard_name_unless_another_is_named(registry):
    assert len(read(registry, "sqlite:///a.db").rows) == 4
    assert len(read(registry, "sqlite:///a.db#seen").rows) == 2
    assert len(read(registry, "sqlite:///a.db#main.subjects").rows) == 4


def test_a_name_is_never_taken_for_sql(registry):
    assert cells_of(read(registry, 'sqlite:///a.db#Odd "name; --')) == {"id": ["1"]}
    what, _, _ = only_problem(registry, "sqlite:///a.db#subjects; DROP TABLE subjects")
    assert what == "The database has no table `subjects; DROP TABLE subjects`."
    assert len(read(registry, "sqlite:///a.db").rows) == 4


def test_reading_leaves_an_sqlite_file_and_its_folder_as_they_were(registry):
    connection = sqlite3.connect(registry / "a.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    before = (registry / "a.db").read_bytes()
    read(registry, "sqlite:///a.db")
    assert (registry / "a.db").read_bytes() == before
    assert [path.name for path in registry.iterdir()] == ["a.db"]


def test_a_database_with_changes_beside_its_file_is_refused(registry):
    connection = sqlite3.connect(registry / "a.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("DELETE FROM subjects")
    connection.commit()
    assert only_problem(registry, "sqlite:///a.db") == (
        "The database has changes that are not in its file yet, but in a.db-wal.",
        "sqlite:///a.db",
        "Close the program that has it open.",
    )
    connection.close()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "sqlite:///a.db#Subjects2",
            (
                "The database has no table `Subjects2`. Did you mean `subjects`?",
                "sqlite:///a.db#Subjects2",
                "Name it after `#` under `tables` in study.yaml, with its schema where that is not the usual one.",
            ),
        ),
        (
            "sqlite:///a.db#pictures",
            (
                "A column holds what is neither text, number, yes or no, nor date.",
                "sqlite:///a.db#pictures: column photo",
                "Leave it out of the table, or turn it into text.",
            ),
        ),
        (
            "sqlite:///b.db",
            (
                "There is no such table file.",
                "sqlite:///b.db",
                "Put it there, or name the right file under `tables` in study.yaml.",
            ),
        ),
        (
            "sqlite:////tmp/a.db",
            (
                "The file lies outside the study's folder.",
                "/tmp/a.db",
                "Put it there, and give its name alone: a change of it would not be noticed elsewhere.",
            ),
        ),
        (
            "sqlite://a.db",
            (
                "The URL of an SQLite database has another form.",
                "sqlite://a.db",
                "Write `sqlite:///registry.db#patients`: three slashes, the file, the table.",
            ),
        ),
        (
            "a.db",
            (
                "A table cannot be read from a file ending in `.db`.",
                "a.db",
                "Name a table of it as `sqlite:///file.db#table`. Files that can be read end in .csv, .tsv, .tab, "
                ".txt, .xlsx, .xlsm, .parquet, .xpt, .sas7bdat, .dta, .sav, .zsav.",
            ),
        ),
    ],
)
def test_what_is_wrong_with_an_sqlite_database_is_told(registry, name, problem):
    assert only_problem(registry, name) == problem


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_sqlite_file_is_told(tmp_path, content):
    (tmp_path / "a.db").write_bytes(content)
    assert only_problem(tmp_path, "sqlite:///a.db") == (
        "The file cannot be read as an SQLite database: it is damaged, incomplete, or of another kind.",
        "sqlite:///a.db",
        "Save it anew from the program that made it.",
    )


@pytest.fixture(scope="module")
def server(postgres):
    """The server with tables of many types, a schema, a view, and a user who may read none of them."""
    postgres.execute(
        "CREATE TABLE many (id integer, name text, share numeric(6,2), alive boolean, born date, seen timestamp,"
        " logged timestamptz, kind uuid)",
        "INSERT INTO many VALUES (10, 'Köln', 12.50, true, '1980-02-29', '2021-03-04 14:20', '2021-03-04 23:30+01',"
        " '00000000-0000-0000-0000-000000000001'), (9, NULL, NULL, false, NULL, '2021-03-05', NULL, NULL)",
        "CREATE SCHEMA study",
        'CREATE TABLE study."Patients" (id integer)',
        'INSERT INTO study."Patients" VALUES (1)',
        "CREATE VIEW old AS SELECT id FROM many WHERE id > 9",
        "CREATE TABLE lists (id integer, names text[])",
        "INSERT INTO lists VALUES (1, '{a,b}')",
        "CREATE USER guest PASSWORD 'guest'",
    )
    return postgres


def test_every_type_of_postgresql_becomes_the_text_of_a_csv_file(server, tmp_path):
    table = read(tmp_path, server.url(table="many"))
    assert cells_of(table) == {
        "id": ["9", "10"],
        "name": [None, "Köln"],
        "share": [None, "12.5"],
        "alive": ["no", "yes"],
        "born": [None, "1980-02-29"],
        "seen": ["2021-03-05", "2021-03-04"],
        "logged": [None, "2021-03-04T22:30:00+00:00"],
        "kind": [None, "00000000-0000-0000-0000-000000000001"],
    }
    assert table.readings == (f"{server.place}#many: without the time of day in seen",)


def test_a_table_of_another_schema_and_a_view_are_read(server, tmp_path):
    assert cells_of(read(tmp_path, server.url(table="study.Patients"))) == {"id": ["1"]}
    assert cells_of(read(tmp_path, server.url(), table="old")) == {"id": ["10"]}


def test_nothing_can_be_changed_while_reading(server, tmp_path):
    server.execute(
        "CREATE FUNCTION meddle() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN DELETE FROM many; RETURN 1; END $$",
        "CREATE VIEW trap AS SELECT meddle() AS id",
    )
    what, _, _ = only_problem(tmp_path, server.url(table="trap"))
    assert what == "The database cannot be read: ProgrammingError 25006."  # a read-only transaction
    assert len(read(tmp_path, server.url(table="many")).rows) == 2


def test_a_password_may_come_from_the_environment_or_from_a_file_of_ones_own(server, tmp_path, monkeypatch):
    url = server.url(password="", table="old")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    (tmp_path / "pgpass").write_text(
        f"# a remark\nelsewhere:*:*:cart:no\n127.0.0.1:{server.port}:*:cart:{PASSWORD.replace(':', chr(92) + ':')}\n"
    )
    (tmp_path / "pgpass").chmod(0o644)
    assert only_problem(tmp_path, url)[0] == "The database cannot be read: it asks for a password."
    (tmp_path / "pgpass").chmod(0o600)
    assert cells_of(read(tmp_path, url)) == {"id": ["10"]}
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    (tmp_path / "pgpass").unlink()
    assert cells_of(read(tmp_path, url)) == {"id": ["10"]}


@pytest.mark.parametrize(
    ("change", "what", "remedy"),
    [
        (
            {"password": "wrong"},
            "The database cannot be read: the password is refused.",
            "Look at the user and the password.",
        ),
        (
            {"password": ""},
            "The database cannot be read: it asks for a password.",
            "Give it by PGPASSWORD, or in a file ~/.pgpass of your own.",
        ),
        (
            {"database": "none"},
            "The database cannot be read: there is no such database.",
            "Look at the name of the database, after the host.",
        ),
        (
            {"database": "registry?sslmode=require"},
            "The database cannot be read: the server takes no encrypted connection.",
            "Look at `sslmode` in the URL.",
        ),
        (
            {"database": "registry?colour=red"},
            "The URL of the database has an option that is not taken from a study.",
            "Leave out what stands after `?`, but for plain values of sslmode, driver, encrypt, "
            "trustservercertificate, charset, service_name.",
        ),
        (
            {"table": "Many"},
            "The database has no table `Many`. Did you mean `many`?",
            "Name it after `#` under `tables` in study.yaml, with its schema where that is not the usual one.",
        ),
        (
            {"table": "lists"},
            "A column holds what is neither text, number, yes or no, nor date.",
            "Leave it out of the table, or turn it into text.",
        ),
    ],
)
def test_what_a_server_refuses_is_told_without_what_is_secret(server, tmp_path, monkeypatch, change, what, remedy):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    url = server.url(**{"table": "many"} | change)
    with pytest.raises(StudyDataError) as caught:
        read(tmp_path, url)
    [problem] = caught.value.problems
    assert (problem.what, problem.remedy) == (what, remedy)
    database = change.get("database", "registry").partition("?")[0]
    shown = f"postgresql://127.0.0.1:{server.port}/{database}#{change.get('table', 'many')}"
    assert problem.where in (shown, f"{shown}: column names")
    assert "cart" not in problem.where and "s3cret" not in str(caught.value)


def test_a_user_without_the_right_to_read_is_told(server, tmp_path):
    url = server.url(password="guest", table="many").replace("//cart:", "//guest:")
    assert only_problem(tmp_path, url) == (
        "The database cannot be read: the user may not read the table.",
        f"{server.place}#many",
        "Ask for the right to read it.",
    )


def test_a_server_that_is_not_there_is_told(tmp_path):
    assert only_problem(tmp_path, "postgresql://cart:word@127.0.0.1:1/registry#many") == (
        "The database cannot be read: the server cannot be reached.",
        "postgresql://127.0.0.1:1/registry#many",
        "Look at the host, the port and the network.",
    )


@pytest.mark.parametrize("scheme", ["mysql", "mssql+unheard_of"])
def test_a_database_without_a_library_is_told(tmp_path, scheme):
    assert only_problem(tmp_path, f"{scheme}://me:word@127.0.0.1/registry#many") == (
        "Nothing that is installed reads such a database.",
        f"{scheme}://127.0.0.1/registry#many",
        "Install the library that SQLAlchemy needs for it; PostgreSQL needs nothing else.",
    )


@pytest.mark.parametrize(
    "url",
    [
        "mssql+pyodbc://h/d?driver=/study/evil.so#t",
        "mssql+pyodbc://h/d?driver=evil.so#t",
        "mssql+pyodbc://h/d?Driver=x%7D;Driver=/evil#t",
        "mssql+pyodbc:///?odbc_connect=Driver%3D/study/evil.so#t",
        "mysql+mysqldb://h/d?plugin_dir=/study#t",
        "mysql+mysqldb://h/d?read_default_file=/etc/passwd#t",
        "mysql://h/d?local_infile=1#t",
        "postgresql://h/d?plugin=evil#t",
        "postgresql+psycopg2://h/d?passfile=/etc/passwd#t",
        "postgresql://h/d?sslmode=require&sslmode=/x#t",
    ],
)
def test_no_option_of_a_url_makes_a_driver_load_or_read_a_file(tmp_path, url):
    what, where, _ = only_problem(tmp_path, url)
    assert what == "The URL of the database has an option that is not taken from a study."
    assert where == url.partition("?")[0] + "#t"


def test_the_options_that_a_driver_needs_are_taken(tmp_path):
    url = "mssql+unheard_of://h/d?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes#t"
    assert only_problem(tmp_path, url)[0] == "Nothing that is installed reads such a database."


@pytest.mark.parametrize("view", ["SELECT load_extension('./evil') a", "SELECT name a FROM pragma_table_list"])
def test_a_view_of_a_strangers_database_calls_nothing_but_what_is_harmless(tmp_path, view):
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute(f"CREATE VIEW subjects AS {view}")
    connection.close()
    assert only_problem(tmp_path, "sqlite:///a.db")[0] == (
        "The file cannot be read as an SQLite database: it is damaged, incomplete, or of another kind."
    )


def test_a_url_that_is_none_is_told(tmp_path):
    assert only_problem(tmp_path, "postgresql://me:pa#ss/wo@rd@127.0.0.1:port/registry#many") == (
        "The URL of the database cannot be read.",
        "postgresql://127.0.0.1:port/registry#many",
        "Write postgresql://user@host/database#table; in a password, # / : @ are written %23 %2F %3A %40.",
    )
