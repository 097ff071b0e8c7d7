"""The command line: what may be asked for."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from cartcohort.parameters import PARAMETERS
from cartcohort.render.terminal import tell

EXAMPLES = """examples:
  python run_reports.py                                     every section of the default study
  python run_reports.py --study data/bmt --section survival
  python run_reports.py -p conf_level=0.9 -p "endpoints=[os, pfs]"
  python run_reports.py --docx --pdf                        for a manuscript, on paper
  python run_reports.py --scenarios scenarios.yaml          named runs, side by side
  python run_reports.py check data/bmt                      validate a study, run nothing
  python run_reports.py check sheet.csv --suggest           propose a study.yaml for a file as it is
  python run_reports.py new ../mystudy                      a study folder to fill in
  python run_reports.py compare reports/a reports/b         what moved between two runs
  python run_reports.py verify reports/car1922              is a report as it was made?
  python run_reports.py reproduce reports/car1922           does it come out again to the byte?
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines instead of reciting every option."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave."""
        if "invalid choice" in message:
            message += "\nA study is named by --study FOLDER, a section by --section NAME."
        tell(f"{message}\n`python {self.prog} --help` tells what can be asked for.")
        sys.exit(2)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; what it finds has an `action`, one of `run_reports.ACTIONS`."""
    parser = _Parser(
        prog="run_reports.py",
        description="Make the reports of a CAR-T cohort study: one page a section, from one command.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(action="reports")
    study = PARAMETERS["study_path"].default
    parser.add_argument("--study", metavar="FOLDER", help=f"the study, or its URL (default: the bundled {study})")
    parser.add_argument("--section", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    parser.add_argument(
        "-p", dest="parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter; repeatable"
    )
    parser.add_argument("--parameters", metavar="FILE", help="a YAML file of parameters, which -p overrides")
    parser.add_argument("--scenarios", metavar="FILE", help="a YAML file of named runs, made together and compared")
    parser.add_argument(
        "--output", default="reports", metavar="FOLDER", help="where runs are kept, or a URL (default: reports)"
    )
    parser.add_argument(
        "--jobs", type=_positive_whole, metavar="N", help="sections at once (default: the processors)"
    )
    parser.add_argument("--timeout", type=_positive, metavar="SECONDS", help="give a section up after this long")
    parser.add_argument(
        "--kernel-start", choices=("fork", "spawn"), help="fork kernels (where that is safe) or start new ones"
    )
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="execute the sections on a Dask cluster, as tcp://host:8786",
    )
    parser.add_argument("--force", action="store_true", help="make again what is up to date")
    parser.add_argument("--pdf", action="store_true", help="each page as PDF too; needs Chromium, Chrome or Edge")
    parser.add_argument(
        "--docx", action="store_true", help="each section's tables and figures as a Word document too"
    )
    parser.add_argument("--png", action="store_true", help="each figure as PNG at 300 dpi too")
    parser.add_argument(
        "--export",
        action="append",
        default=[],
        choices=["adam"],
        help="the cohort and its endpoints as data too: adam (ADSL, ADTTE, ADRS, ADAE, ADLB; xpt and Parquet)",
    )
    parser.add_argument("--open", action="store_true", help="show the report in a browser")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made and why, and stop")
    parser.add_argument("--list-parameters", action="store_true", help="say which parameters there are, and stop")
    commands = parser.add_subparsers(title="other things to do", metavar="COMMAND")
    check = commands.add_parser("check", help="validate a study and run nothing")
    check.add_argument("path", metavar="FOLDER", help="the study")
    check.add_argument(
        "--queries", metavar="FOLDER", help="write what was found as a list for the data manager, CSV and HTML"
    )
    check.add_argument(
        "--suggest",
        action="store_true",
        help="propose a study.yaml for this folder, or table file, and write nothing",
    )
    check.set_defaults(action="check")
    new = commands.add_parser("new", help="make a study folder to fill in")
    new.add_argument("path", metavar="FOLDER", help="the folder to make")
    new.set_defaults(action="new")
    compare = commands.add_parser("compare", help="say what moved between two runs")
    compare.add_argument("runs", nargs=2, metavar="RUN", help="a run's folder, such as reports/car1922")
    # These may stand before the command too, and a default here would overrule what was said there.
    compare.add_argument("--output", default=argparse.SUPPRESS, metavar="FOLDER", help="where the page goes")
    compare.add_argument("--pdf", action="store_true", default=argparse.SUPPRESS, help="the page as PDF too")
    compare.add_argument("--open", action="store_true", default=argparse.SUPPRESS, help="show it in a browser")
    compare.set_defaults(action="compare")
    _add_checks_of_a_run(commands)
    return parser


def _add_checks_of_a_run(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser("verify", help="hold a report against its manifest")
    reproduce = commands.add_parser("reproduce", help="make a report again from its manifest and compare the bytes")
    for command, action in ((verify, "verify"), (reproduce, "reproduce")):
        command.add_argument("run", metavar="RUN", help="the run's folder, such as reports/car1922")
        command.set_defaults(action=action)
    study = "where the study lies now (default: beside the bundled one)"
    reproduce.add_argument("--study", default=argparse.SUPPRESS, metavar="FOLDER", help=study)
    reproduce.add_argument(
        "-p",
        dest="parameter",
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME=VALUE",
        help="a value that the report does not tell, since it was redacted; repeatable",
    )


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return number


def _positive_whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 1, not {text}")
    return int(text)
