"""Say at the end of a test run how many results of R were compared."""

from tests.oracle.coverage import count_compared


def pytest_terminal_summary(terminalreporter):
    """Print the count where tests of this folder were run."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    if any(report.nodeid.startswith("tests/oracle/") for report in reports):
        counts = count_compared().values()
        compared, excused = (sum(count[index] for count in counts) for index in (0, 1))
        terminalreporter.write_sep("-", f"results of R: {compared} compared, {excused} left out with a reason")
