"""Make the reports of a study: arguments in, exit code out.

Exit codes: 0 all well, 2 usage, 10 parameters, 11 data, 12 a notebook failed, 13 output,
exports, cluster, or a report that is not as it was made, 130 interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

try:
    from cartcohort.connect import check_selections, compare_with_base, find_outside, present_runs, write_adam_package
    from cartcohort.errors import CartCohortError, OutputError, Problem, StudyDataError, UsageError
    from cartcohort.parameters import PARAMETERS, list_redacted
    from cartcohort.render.answers import (
        describe_batch,
        describe_ending,
        describe_parameters,
        describe_preview,
        exit_code_of,
    )
    from cartcohort.render.arguments import build_parser
    from cartcohort.render.assignments import read_parameter_values
    from cartcohort.render.exports.plan import KINDS
    from cartcohort.render.places import Places
    from cartcohort.render.plan import Request
    from cartcohort.render.processes import ENDING, ignore_interrupts
    from cartcohort.render.runner import Ending, preview_batch, run_batch
    from cartcohort.render.scenarios import Scenario, read_scenarios
    from cartcohort.render.store import is_url
    from cartcohort.render.tasks import Means
    from cartcohort.render.terminal import answer, prepare_streams, tell
except ModuleNotFoundError as missing:
    if (missing.name or "cartcohort").startswith("cartcohort"):
        raise
    print(
        f"The library {missing.name} is not installed for this Python, {sys.executable}.\n"
        "Run `make env` once, then `.venv/bin/python run_reports.py`; or activate the environment you made.",
        file=sys.stderr,
    )
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)

NOTEBOOKS = Path(__file__).resolve().parent / "notebooks"
INTERRUPTED = 130
ADAM = "adam"


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
        options = build_parser().parse_args(arguments)
        _check_place()
        return ACTIONS[options.action](options, notebooks)
    except CartCohortError as error:
        tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        with ignore_interrupts(ENDING):
            tell("Interrupted. Reports made before are as they were.")
        return INTERRUPTED


def make_reports(options: argparse.Namespace, notebooks: Path) -> int:
    """Make the reports that are asked for, or say what would be made."""
    if options.list_parameters:
        answer(describe_parameters())
        return 0
    _refuse_open(options)
    with Places(find_outside) as places:
        return _make_reports(options, notebooks, places)


def _make_reports(options: argparse.Namespace, notebooks: Path, places: Places) -> int:
    requests, changes = _place_requests(options, notebooks, places)
    _refuse_patients(requests, options)
    if options.dry_run:
        endings = preview_batch(requests)
        lines = [*map(describe_preview, _refuse_single(endings, options)), *_preview_packages(endings, options)]
        answer(places.show("\n".join(lines)))
        return exit_code_of(endings)
    means = _choose_means(options)
    check = partial(check_selections, shown=places.show_all())
    endings = _refuse_single(run_batch(requests, means=means, check_study=check), options)
    output = requests[0].output
    if options.scenarios is None:
        said = describe_ending(endings[0])
    else:
        from cartcohort.render.batch import publish_batch

        scenarios = publish_batch(endings, changes, output, compare=compare_with_base, jobs=means.processes)
        endings = [replace(one, error=one.error and places.show_error(one.error)) for one in endings]
        said = describe_batch(endings, scenarios, output)
    said += _bring_packages(endings, options)
    places.take_back()
    answer(places.show(said))
    for ending in endings:
        if ending.unexported is not None:
            tell(places.show(str(ending.unexported)))
    if options.open:
        _open_in_browser((output if options.scenarios else endings[0].request.run_folder) / "index.html")
    return exit_code_of(endings)


def _bring_packages(endings: Sequence[Ending], options: argparse.Namespace) -> str:
    """Make the data packages that are asked for, remove outdated ones, and say which were made."""
    write = write_adam_package if ADAM in options.export else None
    lines = []
    for ending in endings:
        if ending.error is None and (write or (ending.request.run_folder / ADAM).exists()):
            from cartcohort.render.exports.package import bring_package

            made = bring_package(ending.request, ADAM, write, note=tell, force=options.force)
            if write:
                lines.append(
                    f"\nADaM package: {made or ending.request.run_folder / ADAM}{'' if made else ', up to date'}"
                )
    return "".join(lines)


def _preview_packages(endings: Sequence[Ending], options: argparse.Namespace) -> list[str]:
    """Say of each run whether the package that is asked for would be made."""
    if ADAM not in options.export:
        return []
    from cartcohort.render.exports.package import is_current

    requests = [ending.request for ending in endings if ending.error is None]
    return [
        f"{one.name_task(ADAM)}: {'up to date' if is_current(one, ADAM) else 'would be made'}" for one in requests
    ]


def _place_requests(
    options: argparse.Namespace, notebooks: Path, places: Places
) -> tuple[list[Request], Mapping[str, Mapping[str, Any]]]:
    """Return the runs that are asked for and, for scenarios, what each asks for that the base does not."""
    given = read_parameter_values(options.parameters, options.parameter)
    scenarios = [Scenario("", options.study, given)]
    if options.scenarios is not None:
        scenarios = read_scenarios(options.scenarios, given, options.study)
    default = _find_default_study(notebooks)
    studies = [default if scenario.study is None else places.study(scenario.study) for scenario in scenarios]
    requests = [
        Request(
            study=study,
            notebooks=notebooks,
            output=Path(options.output),
            sections=options.section,
            parameters=scenario.parameters,
            scenario=scenario.name,
            force=options.force,
            exports=[kind for kind in KINDS if getattr(options, kind)],
        )
        for scenario, study in zip(scenarios, studies, strict=True)
    ]
    runs = [request.run_folder.name for request in requests]
    beside = [] if options.scenarios is None else ["comparisons", "index.html", "scenarios.csv", "scenarios.json"]
    output = places.output(options.output, [*runs, *beside])
    changes = {scenario.name: scenario.differ_from(scenarios[0]) for scenario in scenarios}
    return [replace(request, output=output) for request in requests], changes


def _refuse_open(options: argparse.Namespace) -> None:
    if options.open and is_url(options.output):
        what = "A report that goes to a URL cannot be shown by --open."
        raise UsageError(Problem(what, remedy="Leave --open out, or name a folder by --output."))


def _refuse_patients(requests: Sequence[Request], options: argparse.Namespace) -> None:
    """Refuse a package of all patients beside a report that is made to be shared."""
    if ADAM in options.export and any(request.parameters.get("min_cell_count") for request in requests):
        what = "`--export adam` writes down every patient, which `min_cell_count` forbids."
        raise UsageError(Problem(what, remedy="Make the package by a run without `min_cell_count`."))
    if ADAM in options.export and any("study_path" in list_redacted(one.parameters) for one in requests):
        what = "`--export adam` names the study in each record (STUDYID), which `redact` forbids."
        raise UsageError(Problem(what, remedy="Make the package by a run that does not redact `study_path`."))


def _refuse_single(endings: Sequence[Ending], options: argparse.Namespace) -> Sequence[Ending]:
    """Return how the runs ended; a single run that could not be made is an error of the command."""
    if options.scenarios is None and endings[0].error is not None:
        raise endings[0].error
    return endings


def check_study(options: argparse.Namespace, notebooks: Path) -> int:
    """Examine a study, say what was found in it, and write the list of queries asked for; or describe its files."""
    if options.suggest:
        return suggest_description(options)
    from cartcohort.render.check import describe_examination, write_list
    from cartcohort.study.doctor.examine import examine_study

    with Places() as places:
        study = places.study(options.path)
        write = write_list(options.queries, study, places)
        found = examine_study(study)
        said = places.show(describe_examination(found, study, listed=write is not None))
        tell(said) if found.errors else answer(said)
        if write is not None:
            answer(write(found))
    return StudyDataError.exit_code if found.errors else 0


def suggest_description(options: argparse.Namespace) -> int:
    """Propose a study.yaml for files as they are; only what is proposed goes to standard output."""
    from cartcohort.study.suggest.text import suggest_description

    with Places() as places:
        answer(places.show(suggest_description(places.study(options.path))))
    return 0


def make_study(options: argparse.Namespace, notebooks: Path) -> int:
    """Make a study folder to fill in, and say what comes next."""
    from cartcohort.study.new import make_folder

    answer(make_folder(options.path))
    return 0


def compare_two_runs(options: argparse.Namespace, notebooks: Path) -> int:
    """Set two runs side by side on a page, and say what moved."""
    from cartcohort.render.compare import compare_runs

    _refuse_open(options)
    if options.pdf:
        from cartcohort.render.exports.make import check_tools, print_beside

        check_tools(["pdf"])
    with Places() as places:
        before, after = (places.study(run) for run in options.runs)
        output = places.output(options.output, ["comparisons"])
        comparison = compare_runs(before, after, output, present=present_runs)
        reason = print_beside(comparison.page) if options.pdf else ""
        places.take_back()
        answer(places.show(comparison.describe()))
        if reason:
            raise OutputError(Problem("The comparison could not be printed.", f"{comparison.page}: {reason}."))
        if options.open:
            _open_in_browser(comparison.page)
    return 0


def verify_report(options: argparse.Namespace, notebooks: Path) -> int:
    """Hold a report against its manifest and say which files are not as they were made."""
    from cartcohort.render.verify import verify_run

    with Places() as places:
        verdict = verify_run(places.study(options.run), tell)
        answer(places.show(verdict.describe()))
    return verdict.exit_code


def reproduce_report(options: argparse.Namespace, notebooks: Path) -> int:
    """Make a report once more from its own manifest and say which files come out again to the byte."""
    from cartcohort.render.reproduce import reproduce_run

    with Places() as places:
        found = reproduce_run(
            places.study(options.run),
            study=None if options.study is None else places.study(options.study),
            redacted=read_parameter_values(None, options.parameter),
            default_study=_find_default_study(notebooks),
            notebooks=notebooks,
            means=_choose_means(options),
            check_study=partial(check_selections, shown=places.show_all()),
            note=tell,
        )
        answer(places.show(found.describe()))
    return found.exit_code


def _choose_means(options: argparse.Namespace) -> Means:
    return Means(options.jobs, options.timeout, options.kernel_start, options.scheduler)


def _check_place() -> None:
    try:
        Path.cwd()
    except FileNotFoundError:
        raise OutputError(Problem("The folder you are in is no more.", remedy="Go to another one.")) from None


def _find_default_study(notebooks: Path) -> Path:
    """Return the bundled study, wherever the program is called from."""
    study = notebooks.parent / PARAMETERS["study_path"].default
    here = Path.cwd()
    return study.relative_to(here) if study.is_relative_to(here) else study


ACTIONS = {
    "reports": make_reports,
    "check": check_study,
    "new": make_study,
    "compare": compare_two_runs,
    "verify": verify_report,
    "reproduce": reproduce_report,
}


def _open_in_browser(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        tell(f"No browser could be opened here. Open {page} in one.")


def _end_by_signal(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _prepare_process() -> None:
    """End in order when asked to, or when the terminal is closed (unless `nohup` says not to)."""
    prepare_streams()
    signal.signal(signal.SIGTERM, _end_by_signal)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _end_by_signal)


def run_program() -> int:
    """Do what the command line asks, as a process that ends in order whatever signals it gets, and however many."""
    _prepare_process()
    try:
        return main()
    except KeyboardInterrupt:  # another one, while the first was being answered
        return INTERRUPTED
    finally:
        for name in ENDING:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(run_program())
