"""Where a study is read and reports are written, named by folders or by URLs.

What a URL names is brought to a temporary folder, and what has changed in the output is taken back at the end; in
between everything is as with folders. Whatever is told names the URL. So is a study of which parts lie outside its
folder: it is copied to a temporary one with them, so that they are read once and belong to it from then on.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cartcohort.errors import CartCohortError, OutputError, Problem, StudyDataError, UsageError
from cartcohort.render.exchange import list_files
from cartcohort.render.folder import as_output_error, real_path
from cartcohort.render.manifest import hash_files
from cartcohort.render.store import download, is_url, show_url, upload
from cartcohort.rooms import PREFIX, open_room

_KEPT = "cart-reports-"
_INTO_STUDY = "The report would be written into the study's own folder."
FindOutside = Callable[[Path], Callable[[Path, Path], bool] | None]


class Places:
    """The places of a batch, used in a `with` statement.

    Errors of ours that name a temporary folder come out of it naming what it stands for.

    Parameters
    ----------
    find_outside : callable, optional
        Called with a study's folder, quickly; returns None where all of the study lies in it, else what copies the
        study with all that belongs to it into an empty folder. That is called in another process, and returns whether
        anything was outside indeed.
    """

    def __init__(self, find_outside: FindOutside = lambda folder: None) -> None:
        self._find_outside = find_outside
        self._folders = ExitStack()
        self._shown: dict[Path, str] = {}
        self._copied: list[Path] = []
        self._studies: dict[str, Path] = {}
        self._output: tuple[str, Path, Mapping[str, str]] | None = None

    def __enter__(self) -> Places:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        with self._folders:
            if isinstance(error, CartCohortError) and self._shown:
                raise self.show_error(error) from error.__cause__

    def study(self, text: str) -> Path:
        """Return the folder of a study; one named by URL is brought here, its folder named as the URL ends.

        Raises
        ------
        StudyDataError, UsageError
            Where it, or what belongs to it, cannot be brought.
        """
        if text not in self._studies:
            self._studies[text] = self._complete(self._bring(text))
        return self._studies[text]

    def _bring(self, text: str) -> Path:
        if not is_url(text) or _is_file(text):
            return _as_path(text)
        name = PurePosixPath(urlsplit(text).path.rstrip("/") or urlsplit(text).netloc).name
        if name in ("", ".", ".."):
            raise StudyDataError(Problem("The URL of a study must end with its name.", show_url(text)))
        folder = self._make_folder() / name
        folder.mkdir()
        self._shown[folder] = show_url(text)
        _call(download, text, folder, None, StudyDataError)
        return folder

    def _complete(self, study: Path) -> Path:
        """Return a copy of a study with what lies outside its folder; the study itself where nothing does."""
        copy = self._find_outside(study)
        if copy is None:
            return study
        folder = self._make_folder() / Path(os.path.abspath(study)).name  # noqa: PTH100 - a link keeps its name
        folder.mkdir()
        with as_output_error(folder.parent):
            has_outside = _call(copy, study, folder)
        if not has_outside:
            return study
        self._shown[folder] = self._shown.get(study, str(study))
        self._copied.append(study)
        return folder

    def output(self, text: str, names: Sequence[str]) -> Path:
        """Return the folder for the runs; of one named by URL, what is there of them is brought here first.

        Parameters
        ----------
        text : str
        names : sequence of str
            What the batch will look at: the folders of its runs, and files beside them.

        Raises
        ------
        OutputError, UsageError
            Where the store cannot be read, or the report would get into the study.
        """
        if not is_url(text) or _is_file(text):
            return self._refuse_studies(_as_path(text), names)
        if urlsplit(text).scheme == "memory":
            raise UsageError(Problem("What is written to memory is gone with the run.", text, "Name a folder."))
        inside = [f"{show_url(text)}/{name}/" for name in names]
        for study in map(show_url, self._studies):
            if any(place.startswith(f"{study}/") for place in inside):
                raise OutputError(Problem(_INTO_STUDY, study, "Name another place by --output."))
        folder = self._make_folder()
        self._shown[folder] = show_url(text)
        _call(download, text, folder, list(names), OutputError)
        self._output = (text, folder, _hash_all(folder))
        return folder

    def _refuse_studies(self, output: Path, names: Sequence[str]) -> Path:
        """Return the output, unless a run would get into the folder of a study that was copied."""
        studies = {real_path(study) for study in self._copied}
        for folder in (output / name for name in names):
            if real_path(folder) in studies:
                raise OutputError(Problem(_INTO_STUDY, str(folder), "Name another folder by --output."))
        return output

    def take_back(self) -> None:
        """Take to the URL of the output what has changed there since it was brought.

        Raises
        ------
        OutputError
            Where the store cannot be written; what was made is kept in its temporary folder then.
        """
        if self._output is None:
            return
        url, folder, before = self._output
        after = _hash_all(folder)
        changed = [name for name in after if after[name] != before.get(name)]
        gone = [name for name in before if name not in after]
        try:
            if changed or gone:
                _call(upload, url, folder, changed, gone, OutputError)
        except OutputError as error:
            del self._shown[folder]  # which from now on is told as it is
            place = folder.rename(folder.with_name(folder.name.replace(PREFIX, _KEPT, 1)))  # else it would be removed
            kept = Problem("What was made is kept.", str(place), "Copy it from there, then remove that folder.")
            raise OutputError([*error.problems, kept]) from error

    def show(self, text: str) -> str:
        """Return a text with each temporary folder replaced by the URL or folder that it stands for."""
        for folder, shown in self._shown.items():
            text = text.replace(str(folder), shown)
        return text

    def show_all(self) -> dict[Path, str]:
        """Return the URL or folder that each temporary folder stands for, as it is shown."""
        return dict(self._shown)

    def show_error(self, error: CartCohortError) -> CartCohortError:
        """Return an error that names the URL or folder instead of a temporary folder."""
        parts = [{name: self.show(text) for name, text in vars(one).items()} for one in error.problems]
        return type(error)([Problem(**part) for part in parts])

    def _make_folder(self) -> Path:
        with as_output_error(Path(tempfile.gettempdir())):
            return self._folders.enter_context(open_room())


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    from cartcohort.render.apart import call_in_new_process  # where there are only folders, nothing is to be called

    return call_in_new_process(function, *arguments)


def _hash_all(folder: Path) -> dict[str, str]:
    """Hash every file of a folder but the hidden ones, by which a run holds it."""
    names = [name for name in list_files(folder) if not any(part[0] == "." for part in PurePosixPath(name).parts)]
    return hash_files(folder, names)


def _is_file(text: str) -> bool:
    return urlsplit(text).scheme == "file"


def _as_path(text: str) -> Path:
    return Path(url2pathname(urlsplit(text).path)) if is_url(text) else Path(text)
