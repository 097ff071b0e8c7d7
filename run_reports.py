"""Make the reports of a study: arguments in, exit code out.

Exit codes: 0 all well, 2 usage, 10 parameters, 11 data, 12 a notebook failed, 13 output, 130 interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cartcohort.errors import CartCohortError, ParameterError, Problem, ReportError
from cartcohort.parameters import PARAMETERS
from cartcohort.render.plan import Request
from cartcohort.render.runner import Standing, preview_suite, run_suite

NOTEBOOKS = Path(__file__).resolve().parent / "notebooks"
INTERRUPTED = 130

EXAMPLES = """examples:
  python run_reports.py                                     every section of the default study
  python run_reports.py --study data/bmt --section survival
  python run_reports.py -p conf_level=0.9 -p "endpoints=[os, pfs]"
  python run_reports.py check data/bmt                      validate a study, run nothing
"""


def main(arguments: Sequence[str] | None = None, *, notebooks: Path = NOTEBOOKS) -> int:
    """Do what the command line asks and return the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.
    notebooks : Path
        Folder of the suite's notebooks.
    """
    try:
        options = _parser().parse_args(arguments)
        return options.action(options, notebooks)
    except CartCohortError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted. Reports made before are as they were.", file=sys.stderr)
        return INTERRUPTED


def make_reports(options: argparse.Namespace, notebooks: Path) -> int:
    """Make the reports that are asked for, or say what would be made."""
    if options.list_parameters:
        print(_describe_parameters())
        return 0
    request = Request(
        study=Path(options.study),
        notebooks=notebooks,
        output=Path(options.output),
        sections=options.section,
        parameters=_read_parameters(options.parameters, options.parameter),
        jobs=options.jobs,
        timeout=options.timeout,
        force=options.force,
    )
    if options.dry_run:
        for standing in preview_suite(request):
            print(f"{standing.name}: {f'would be made, {standing.reason}' if standing.reason else 'up to date'}")
        return 0
    standings = run_suite(request, check_study=check_selection)
    print(_describe_run(standings, request.run_folder))
    if options.open:
        import webbrowser

        webbrowser.open((request.run_folder / "index.html").resolve().as_uri())
    return max((ReportError.exit_code for standing in standings if standing.failure), default=0)


def check_study(options: argparse.Namespace, notebooks: Path) -> int:
    """Validate a study and say what was found in it."""
    from cartcohort.study import load_study

    study = load_study(options.path)
    print(f"{study.title or study.name}: the study is sound.")
    print(f"  patients: {len(study.subjects)}")
    print(f"  adverse events: {len(study.adverse_events)}")
    print(f"  assessments: {len(study.assessments)}")
    print(f"  factors: {', '.join(study.factors) or 'none'}")
    for warning in study.warnings:
        print("  worth a look: " + str(warning).replace("\n", "\n    "))
    return 0


def check_selection(study_path: Path, values: Mapping[str, Any]) -> None:
    """Validate a study, and that the parameters select patients in it."""
    from cartcohort.study import load_cohort

    load_cohort({**values, "study_path": str(study_path)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run_reports.py",
        description="Make the reports of a CAR-T cohort study: one page a section, from one command.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    default_study = PARAMETERS["study_path"].default
    parser.set_defaults(action=make_reports)
    parser.add_argument("--study", default=default_study, metavar="FOLDER", help="the study (%(default)s)")
    parser.add_argument("--section", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    parser.add_argument(
        "-p", dest="parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter; repeatable"
    )
    parser.add_argument("--parameters", metavar="FILE", help="a YAML file of parameters; -p goes before it")
    parser.add_argument("--output", default="reports", metavar="FOLDER", help="where runs are kept (%(default)s)")
    parser.add_argument("--jobs", type=_positive_whole, metavar="N", help="sections at once (the processors)")
    parser.add_argument("--timeout", type=_positive, metavar="SECONDS", help="give a section up after this long")
    parser.add_argument("--force", action="store_true", help="make again what is up to date")
    parser.add_argument("--open", action="store_true", help="show the report in a browser")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made and why, and stop")
    parser.add_argument("--list-parameters", action="store_true", help="say which parameters there are, and stop")
    commands = parser.add_subparsers(title="other things to do", metavar="")
    check = commands.add_parser("check", help="validate a study and run nothing")
    check.add_argument("path", metavar="FOLDER", help="the study")
    check.set_defaults(action=check_study)
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def _positive_whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _read_parameters(path: str | None, assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values of a parameter file and of `-p name=value`, the latter going before the former."""
    values = _read_parameter_file(Path(path)) if path else {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign:
            problem = Problem("A parameter is given as name=value.", f"-p {assignment}")
            raise ParameterError(problem)
        values[name.strip()] = _read_yaml(text, f"-p {assignment}")
    return values


def _read_parameter_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(Problem("The parameter file cannot be read.", str(path))) from error
    values = _read_yaml(text, str(path))
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ParameterError(Problem("A parameter file holds lines such as `conf_level: 0.9`.", str(path)))
    return values


def _read_yaml(text: str, where: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ParameterError(Problem("This is no YAML; quote a text that holds `: ` or brackets.", where)) from error


def _describe_parameters() -> str:
    lines = []
    for name, parameter in PARAMETERS.items():
        if name == "study_path":
            continue  # given by --study
        notes = [f"default {parameter.default}", parameter.unit, parameter.allowed]
        lines.append(f"{name}: {parameter.help}\n    {parameter.type_name}; {'; '.join(filter(None, notes))}")
    return "\n".join(lines)


def _describe_run(standings: Sequence[Standing], folder: Path) -> str:
    width = max(len(standing.name) for standing in standings)
    lines = [f"{standing.name:<{width}}  {_describe_standing(standing, folder)}" for standing in standings]
    failed = [standing.name for standing in standings if standing.failure]
    lines += ["", f"Report: {folder / 'index.html'}"]
    if failed:
        again = " ".join(f"--section {name}" for name in failed)
        lines.append(f"Next: read what went wrong, mend it, and run again with {again}.")
    else:
        lines.append("Next: open it in a browser (--open), or change a parameter (--list-parameters names them).")
    return "\n".join(lines)


def _describe_standing(standing: Standing, folder: Path) -> str:
    if standing.failure:
        return f"FAILED        {folder / f'{standing.name}.error.html'}: {standing.failure.headline}"
    state = "up to date" if standing.seconds is None else f"done in {standing.seconds:.1f} s"
    return f"{state:<12}  {folder / f'{standing.name}.html'}"


def _end_by_signal(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_by_signal)
    sys.exit(main())
