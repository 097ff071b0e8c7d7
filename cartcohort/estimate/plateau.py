"""The plateau of a survival curve: on whom it rests, and whether follow-up past the last event suffices for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cartcohort.estimate.hazard import garwood_limits
from cartcohort.estimate.inputs import check_survival, require_level
from cartcohort.estimate.results import Result

_NO_PLATEAU = "not estimable: the longest follow-up ends in an event"


@dataclass(frozen=True)
class Plateau:
    """What came after the last event.

    Attributes
    ----------
    last_event, last_time : float
        Longest time with an event, and longest time of all; NaN without an event, or without anybody.
    n_beyond : int
        Patients followed for longer than `last_event`.
    person_time : float
        Time under observation after `last_event`, of all of them together.
    n, n_event : int
    """

    last_event: float
    last_time: float
    n_beyond: int
    person_time: float
    n: int
    n_event: int

    @property
    def length(self) -> float:
        """Return the time from the last event to the end of the longest follow-up; NaN where one is unknown."""
        return self.last_time - self.last_event


def find_plateau(time: Sequence[float], event: Sequence[bool]) -> Plateau:
    """Find the last event and who was followed for longer.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.
    """
    time, event = check_survival(time, event)
    last_event = time[event].max() if event.any() else np.nan
    beyond = time > last_event
    return Plateau(
        last_event=float(last_event),
        last_time=float(time.max()) if len(time) else np.nan,
        n_beyond=int(beyond.sum()),
        person_time=float(np.sum(time[beyond] - last_event)) if beyond.any() else 0.0,
        n=len(time),
        n_event=int(event.sum()),
    )


def estimate_plateau_hazard(plateau: Plateau, *, conf_level: float = 0.95, unit: str = "events per month") -> Result:
    """Estimate the rate of events on the plateau: none was seen, so what counts is the upper limit.

    Returns
    -------
    Result
        0 with Garwood's exact limits of a count of 0; without an estimate where nobody was followed past the last
        event. The start of the plateau was found by looking for it, so the limit is a little too low.
    """
    require_level(conf_level)
    known = {"n": plateau.n_beyond, "n_event": 0, "unit": unit, "method": "no event, exact Poisson limits"}
    if not plateau.person_time:
        return Result(**known, note=_why_no_plateau(plateau))
    low, high = garwood_limits(np.array([0]), conf_level)
    person_time = plateau.person_time
    limits = {"conf_low": low[0] / person_time, "conf_high": high[0] / person_time, "conf_level": conf_level}
    return Result(estimate=0.0, **limits, **known)


def test_maller_zhou(time: Sequence[float], event: Sequence[bool]) -> Result:
    """Test whether follow-up suffices for a cure fraction, by the events in a window as long as the plateau.

    The hypothesis is that follow-up ends before the last uncured patient would have had the event; a small p-value
    speaks for sufficient follow-up. The test is known to be too ready to do so.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Follow-up time and whether the event occurred then.

    Returns
    -------
    Result
        `statistic` counts the N events later than 2 t* - t, t* being the last event and t the longest follow-up;
        `estimate` is q = N / n and `p_value` is (1 - q)^n. Not estimable where the longest follow-up ends in an
        event.

    Notes
    -----
    Maller and Zhou, J Am Stat Assoc 1994; 89:1499-1506. Closed form.
    """
    time, event = check_survival(time, event)
    plateau = find_plateau(time, event)
    after = time > 2 * plateau.last_event - plateau.last_time
    return _window_test(plateau, event & after, name="Maller and Zhou", window="a window as long as the plateau")


def test_shen(time: Sequence[float], event: Sequence[bool]) -> Result:
    """Test whether follow-up suffices for a cure fraction, by Shen's narrower window.

    As `test_maller_zhou`, whose readiness to find follow-up sufficient it corrects in part.

    Notes
    -----
    The window begins at the last event t* times w t* / t + 1 - w, where t is the longest follow-up and w the share of
    it past t*, and its beginning counts. Shen, Stat Probab Lett 2000; 49:313-322. Closed form.
    """
    time, event = check_survival(time, event)
    plateau = find_plateau(time, event)
    last, end = plateau.last_event, plateau.last_time
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.float64(end - last) / end
        start = last * (share * last / end + 1 - share)
    return _window_test(plateau, event & (time >= start), name="Shen", window="a shorter window")


def _window_test(plateau: Plateau, in_window: np.ndarray, *, name: str, window: str) -> Result:
    known = {
        "n": plateau.n,
        "n_event": plateau.n_event,
        "unit": "proportion",
        "method": f"{name}: share q of patients with an event in {window} before the last one, p = (1 - q)^N",
    }
    if not plateau.n_beyond:
        return Result(**known, note=_why_no_plateau(plateau))
    found = int(in_window.sum())
    share = found / plateau.n
    return Result(statistic=found, estimate=share, p_value=(1 - share) ** plateau.n, **known)


def _why_no_plateau(plateau: Plateau) -> str:
    if not plateau.n_event:
        return "not estimable: no event" if plateau.n else "not estimable: no patients"
    return _NO_PLATEAU
