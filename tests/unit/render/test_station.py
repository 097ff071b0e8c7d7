"""A station answers every order, whatever goes wrong with it."""

import pytest

from cartcohort.errors import OutputError, Problem
from cartcohort.render import station
from cartcohort.render.tasks import Failure


class Connection:
    """One order, and the answers to it."""

    def __init__(self):
        self.orders, self.answers = [("parcel", b"study")], []

    def poll(self, timeout=0):
        return bool(self.orders)

    def recv(self):
        return self.orders.pop()

    def send(self, answer):
        self.answers.append(answer)


FULL = OSError(28, "No space left on device", "/var/tmp/secret")
LONG = "The folder for temporary files has too long a name."
DEEP = OutputError(Problem(LONG, "/nodes/secret/tmp/deep"))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FULL, "The worker cannot execute it: No space left on device."),
        (OutputError(LONG), LONG),
        (DEEP, f"{LONG}\n..."),
    ],
)
def test_what_keeps_a_worker_from_executing_a_section_is_the_failure_of_that_section(
    monkeypatch, environment, error, reason
):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(station, "execute", fail)
    environment("TMPDIR", "/nodes/secret/tmp/deep")
    connection = Connection()
    station.serve(connection)
    ((what, delivery),) = connection.answers
    assert (what, delivery.outcome.failure, delivery.files) == ("delivery", Failure(reason), {})
