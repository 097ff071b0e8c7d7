"""What a run with `min_cell_count` may show: the counts released, and nothing that does not follow from them.

Such a run is meant to leave the house where the patients are known. Masking each exhibit by itself would not do: what
one hides another gives away, or two of them by subtraction. So the other way round is taken, and everything that has
not been shown to be safe is withheld:

1. One list of counts is released. It is made from the patients alone, in an order that never changes, and so is the
   same list in every section of a run. Every section shows its part of it and nothing else.
2. With k the least count, a set of patients is released only if it holds none or at least k, and the patients outside
   it are none or at least k too. None is shown as 0: it tells of no single patient.
3. A set is released only beside those before it: whatever set follows by adding and subtracting any three of them,
   and everybody, must hold none or at least k as well. That covers a set within another, sets that exclude each
   other, and complements. Within a family (what can happen to a patient, in all and in each level of a factor) every
   sum and difference of all its sets is tried.
4. A breakdown by a factor is released whole or not at all, patients with a missing value counted as a level. So no
   table has a masked cell that its margins could solve for, and no choice of cells to mask differs between sections.
5. A survival curve becomes a life table: times of a fixed calendar, kept only where the events and the censorings
   since the time before are each none or at least k, and so are those after the last. No time of a patient is shown.
6. Shares, limits, tests and survival are computed from the released counts alone, so they tell nothing more. Hazard
   ratios alone use the times themselves: they are given only for a released breakdown of which every level has at
   least k events and k patients without, five at least, and with two digits. With fewer, or more digits, so few
   orders of the deaths agree with them that it can be told how many of the first were at one level.

What has no such rule is withheld: values of single patients, minima and maxima, measured values and markers, adverse
events other than CRS and ICANS, antigens, medians, landmarks, models of several factors, leave-one-out, thresholds.

None is shown: that nobody, or everybody, of a group had something is told of groups of k and more. A factor that was
measured is split at its median, which the names of its levels do not tell: it can be the value of one patient.

A count of 1 or 2 cannot be hidden well by k = 1 or 2, since to say that a cell is masked would nearly name it: k is 0
(nothing is masked) or at least 3. What is promised is about one run. Two runs that differ by a few patients, both
given away, can be subtracted whatever each of them masks.
"""

from cartcohort.estimate.sections.disclosure.release import Released, release_counts

__all__ = ["Released", "release_counts"]
