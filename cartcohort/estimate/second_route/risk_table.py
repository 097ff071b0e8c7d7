"""Curves by counting: one line of a risk table a day, survival as an exact fraction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple

HALF = Fraction(1, 2)
_FLAT = 1.5e-8  # R's tolerance for a limit that lies at one half


class Line(NamedTuple):
    """A day on which anybody's time ended: how many were at risk, and the events and competing events of that day."""

    day: float
    at_risk: int
    events: int
    rivals: int


class Point(NamedTuple):
    """Where a curve stands from a day on: probability of no event, and its limits (None where it has none)."""

    day: float
    share: Fraction
    low: float | None
    high: float | None


def draw_risk_table(days: Sequence[float], event: Sequence[bool], rival: Sequence[bool]) -> list[Line]:
    """Count, for every day on which anybody's time ended, those at risk and the events."""
    ended = Counter(days)
    events = Counter(day for day, happened in zip(days, event, strict=True) if happened)
    rivals = Counter(day for day, happened in zip(days, rival, strict=True) if happened)
    lines, left = [], len(days)
    for day in sorted(ended):
        lines.append(Line(day, left, events[day], rivals[day]))
        left -= ended[day]
    return lines


def multiply_survival(lines: Sequence[Line], *, conf_level: float, conf_type: str) -> list[Point]:
    """Return Kaplan and Meier's product, with Greenwood's variance."""
    z = z_of(conf_level)
    alive, spread, points = Fraction(1), 0.0, []
    for line in lines:
        left = line.at_risk - line.events
        if line.events:
            alive *= Fraction(left, line.at_risk)
            spread += line.events / (line.at_risk * left) if left else 0.0
        low, high = _survival_limits(float(alive), z * math.sqrt(spread), conf_type)
        points.append(Point(line.day, alive, low, high))
    return points


def add_incidence(lines: Sequence[Line], *, conf_level: float) -> list[Point]:
    """Return one minus Aalen and Johansen's incidence of the event, with the delta method's variance."""
    z = z_of(conf_level)
    free, struck, points, past = Fraction(1), Fraction(0), [], []
    for line in lines:
        own, any_event = Fraction(line.events, line.at_risk), Fraction(line.events + line.rivals, line.at_risk)
        struck += free * own
        past.append((line.at_risk, float(free), float(own), float(any_event), float(struck)))
        free *= 1 - any_event
        low, high = _incidence_limits(float(struck), z * math.sqrt(_variance(past)))
        points.append(
            Point(line.day, 1 - struck, None if high is None else 1 - high, None if low is None else 1 - low)
        )
    return points


def _variance(past: Sequence[tuple[int, float, float, float, float]]) -> float:
    """Return Dinse and Larson's variance of the incidence at the last of the lines, summed line by line."""
    now, terms = past[-1][-1], []
    for at_risk, free, own, any_event, then in past:
        terms.append(free**2 * own * (1 - own) / at_risk)
        terms.append(-2 * (now - then) * free * own / at_risk)
        if any_event < 1:
            terms.append((now - then) ** 2 * any_event / (at_risk * (1 - any_event)))
    variance = math.fsum(terms)
    return variance if variance > 1e-13 * math.fsum(map(abs, terms)) else 0.0


def read_share(points: Sequence[Point], day: float, *, carried_on: bool) -> tuple[float | None, ...]:
    """Return probability and limits on a day; all None past the last day unless the curve is carried on or at 0."""
    if not points:
        return None, None, None
    reached = [point for point in points if point.day <= day]
    if not reached:
        return 1.0, 1.0, 1.0
    last = reached[-1]
    if day > points[-1].day and last.share > 0 and not carried_on:
        return None, None, None
    return float(last.share), last.low, last.high


def read_median(points: Sequence[Point], *, rule: str) -> tuple[float | None, ...]:
    """Return the day on which the curve falls to one half, and those on which its limits do; None where they do not.

    Where the curve lies at exactly one half for a while, that is the midpoint of the step or, by rule "first", its
    first day.
    """
    estimate = None
    below = [point.day for point in points if point.share < HALF]
    touching = [point.day for point in points if point.share == HALF]
    if touching:
        until = below[0] if below else points[-1].day
        estimate = touching[0] if rule == "first" else (touching[0] + until) / 2
    elif below:
        estimate = below[0]
    return (
        estimate,
        _fall([(point.day, point.low) for point in points], rule),
        _fall([(point.day, point.high) for point in points], rule),
    )


def _fall(steps: Sequence[tuple[float, float | None]], rule: str) -> float | None:
    """Return when a limit falls to one half; of a limit that rises again, the day on which it is closest to it."""
    known = [(value, -day) for day, value in steps if value is not None]
    reached = max((step for step in known if step[0] <= 0.5 + _FLAT), default=None)
    passed = max((step for step in known if step[0] <= 0.5 - _FLAT), default=None)
    if reached is None:
        return None
    if rule == "first":
        return -reached[1]
    if passed is not None:
        return -(reached[1] + passed[1]) / 2
    last_day, last = steps[-1]
    return (last_day - reached[1]) / 2 if last is not None and abs(last - 0.5) < _FLAT else None


def measure_area(lines: Sequence[Line], horizon: float) -> tuple[float | None, float | None]:
    """Return the area under the survival curve up to a day, in days, and its standard error (Greenwood's type)."""
    if not lines:
        return None, None
    alive, from_day, blocks = Fraction(1), 0.0, []
    inside = [line for line in lines if line.day <= horizon]
    for line in inside:
        blocks.append(float(alive) * (line.day - from_day))
        alive, from_day = alive * Fraction(line.at_risk - line.events, line.at_risk), line.day
    blocks.append(float(alive) * (horizon - from_day))
    terms = []
    for position, line in enumerate(inside, start=1):
        left = line.at_risk - line.events
        if left:
            terms.append(math.fsum(blocks[position:]) ** 2 * line.events / (line.at_risk * left))
    return math.fsum(blocks), math.sqrt(math.fsum(terms))


def z_of(conf_level: float) -> float:
    """Return how many standard errors limits lie from an estimate."""
    return NormalDist().inv_cdf(0.5 + conf_level / 2)


def _survival_limits(share: float, margin: float, conf_type: str) -> tuple[float | None, float | None]:
    """Return limits around a survival; `margin` is z standard errors of its logarithm."""
    if share == 0 or (share == 1 and conf_type == "log-log"):
        return None, None
    if conf_type == "plain":
        return max(share - share * margin, 0.0), min(share + share * margin, 1.0)
    if conf_type == "log":
        return share * math.exp(-margin), min(share * math.exp(margin), 1.0)
    wide = margin / math.log(share)
    return share ** math.exp(-wide), share ** math.exp(wide)


def _incidence_limits(share: float, margin: float) -> tuple[float | None, float | None]:
    """Return log-log limits around an incidence; `margin` is z standard errors of it."""
    if share <= 0 or share >= 1 or margin == 0:
        return None, None
    wide = margin / (-share * math.log(share))
    return share ** math.exp(wide), share ** math.exp(-wide)
