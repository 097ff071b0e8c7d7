"""A PostgreSQL server for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Server, run_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    yield from run_server()
