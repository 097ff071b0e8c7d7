"""What `tables` may name, and what of it is shown."""

import pytest
from fsspec.registry import known_implementations

from cartcohort.errors import StudyDataError
from cartcohort.study.sources.named import hide_secrets, parse_name


@pytest.mark.parametrize(
    ("text", "file", "url", "part", "database"),
    [
        ("data/a#1.csv", "data/a#1.csv", "", "", False),
        ("registry.xlsx#Site #2", "registry.xlsx#Site #2", "", "", False),
        ("registry.XLSX# Patients ", "registry.XLSX", "", "Patients", False),
        ("sqlite:///data/a.db#x.y", "data/a.db", "", "x.y", True),
        ("postgresql://me@host/db#x", "", "postgresql://me@host/db", "x", True),
        ("mysql+pymysql://me@host/db", "", "mysql+pymysql://me@host/db", "", True),
        ("s3://bucket/a.xlsx#P", "", "s3://bucket/a.xlsx", "P", False),
        ("https://host/a.csv?token=1", "", "https://host/a.csv?token=1", "", False),
        ("https://host/a.xlsx#A::B", "", "https://host/a.xlsx", "A::B", False),
    ],
)
def test_a_name_is_taken_apart(text, file, url, part, database):
    named = parse_name(text)
    assert (named.file, named.url, named.part, named.database) == (file, url, part, database)
    assert named.is_outside == bool(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:pw@host:5432/db#t", "postgresql://host:5432/db#t"),
        ("postgresql://me:p#w@host/db#t", "postgresql://host/db#t"),
        ("postgresql://me:p/w?@host/db?sslmode=require#t", "postgresql://host/db#t"),
        ("https://key@host/a@b/c.csv?token=1#P", "https://host/a@b/c.csv#P"),
        ("https://host/a@b/c.csv", "https://host/a@b/c.csv"),
        ("s3://bucket/c.csv", "s3://bucket/c.csv"),
    ],
)
def test_what_is_secret_in_a_url_is_never_shown(url, shown):
    assert hide_secrets(url) == shown


@pytest.mark.parametrize(
    ("url", "what", "where"),
    [
        ("file:///etc/passwd.csv", "A URL of a local file is not read.", "file:///etc/passwd.csv"),
        ("LOCAL://a.csv", "A URL of a local file is not read.", "LOCAL://a.csv"),
        ("zip://a.csv::https://me:pw@host/a.zip", "URLs that are chained by `::` are not read.", "zip://host/a.zip"),
        ("simplecache::file:///a.csv", "URLs that are chained by `::` are not read.", "simplecache::file:///a.csv"),
        (
            "https://h/a#b::file:///a.csv#P",
            "URLs that are chained by `::` are not read.",
            "https://h/a#b::file:///a.csv#P",
        ),
        ("sqlite:///a.db?mode=rw", "The URL of an SQLite database has another form.", "sqlite:///a.db"),
    ],
)
def test_urls_that_are_refused_are_told(url, what, where):
    with pytest.raises(StudyDataError) as caught:
        parse_name(url)
    [problem] = caught.value.problems
    assert (problem.what, problem.where) == (what, where)


READ = ["abfs", "az", "gcs", "gs", "http", "https", "memory", "s3", "s3a"]


def test_of_all_that_fsspec_knows_only_stores_are_read_which_give_a_file_and_do_nothing_else():
    taken = []
    for scheme in sorted(known_implementations):
        try:
            parse_name(f"{scheme}://host/a.csv")
        except StudyDataError:
            continue
        taken.append(scheme)
    assert taken == READ and len(known_implementations) > 30


@pytest.mark.parametrize(
    "scheme", ["simplecache", "reference", "python", "sftp", "git", "data", "zip", "s4", "HDFS", "://"]
)
def test_a_url_of_another_kind_is_told_what_is_read(scheme):
    with pytest.raises(StudyDataError) as caught:
        parse_name(f"{scheme}://host/a.csv")
    [problem] = caught.value.problems
    assert problem.what == "A URL of this kind is not read."
    assert problem.remedy.startswith("A study may name files by https://, http://, s3://,")
