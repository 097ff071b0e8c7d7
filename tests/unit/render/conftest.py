"""What tests of the renderer share."""

import pytest

from cartcohort.render import hide


@pytest.fixture
def environment(monkeypatch):
    """Sets environment variables, whose folders are looked up anew."""

    def forget():
        hide._machine_folders.cache_clear()
        hide._pattern.cache_clear()

    forget()
    yield monkeypatch.setenv
    forget()
