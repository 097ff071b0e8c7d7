"""A report made to be shared tells no small number of patients."""

from tests.protections.removal import Removal

_ATTACK = ("test_an_attacker_cannot_solve_what_is_published_for_a_small_count",)
_OPEN = ("test_the_same_attack_finds_small_counts_in_a_run_that_masks_none",)
_NAIVE = ("test_the_same_attack_recovers_small_counts_that_are_merely_left_out",)
_RANDOM = ("test_of_random_cohorts_no_small_set_follows_from_what_is_released",)
_WORDS = ("test_every_share_in_words_is_of_none_or_enough",)
_FILES = ("test_every_count_in_the_files_is_none_or_enough",)
_FIGURES = ("test_figures_say_no_small_number_of_patients",)
_PATIENT = ("test_no_value_of_a_single_patient_is_anywhere",)
_PRINTED = ("test_what_a_cell_printed_or_left_as_its_value_is_left_out",)
_BESIDE = ("test_nothing_that_was_made_without_masking_stays_beside_it",)
_HASHES = ("test_no_hash_of_a_single_file_of_the_study_is_told", "test_a_masked_run_tells_the_hash_of_no_single_file")
_MEDIAN = ("test_the_levels_of_a_measured_factor_do_not_tell_its_median",)
_COMPARED = ("test_a_masked_run_is_not_compared",)
_PACKAGE = ("test_a_report_to_share_gets_no_package_of_all_patients",)
_FEW = ("test_an_outcome_of_few_or_without_few_is_withheld",)
_DIFFERS = ("test_an_outcome_that_differs_by_a_few_from_one_before_is_withheld",)
_FACTOR = ("test_a_factor_with_a_small_level_is_withheld_whole",)
_MISSING = ("test_few_missing_values_withhold_a_factor_as_a_small_level_does",)
_BREAKDOWN = ("test_a_breakdown_with_one_small_cell_is_withheld_whole",)
_RATIO = ("test_a_hazard_ratio_needs_enough_deaths_and_survivors_at_every_level",)
_BLOCK = ("test_a_block_is_let_in_whole_or_not_at_all",)
_THREE = ("test_nothing_follows_by_adding_and_subtracting_up_to_three_sets",)
_FAMILY = ("test_a_combination_of_a_whole_family_is_found",)
_AMONG_MISSING = ("test_few_with_an_outcome_among_missing_values_withhold_a_breakdown",)
_LINES = (
    "test_a_line_is_kept_where_enough_happened_since_the_one_before",
    "test_few_censorings_hide_a_line_as_few_events_do",
    "test_what_follows_the_last_line_is_none_or_enough_too",
)
_BESIDE_OTHERS = ("test_a_line_that_differs_by_a_few_from_a_set_before_is_left_out",)
_RELEASE = "cartcohort/estimate/sections/disclosure/release.py"
_SETS = "cartcohort/estimate/sections/disclosure/sets.py"
_LIFE = "cartcohort/estimate/sections/disclosure/life_table.py"
_RECORDS = "cartcohort/estimate/sections/disclosure/records.py"
_GATE = "cartcohort/present/disclosure/gate.py"
_ATTACKER = "tests/notebooks/attack.py"

REMOVALS = [
    Removal(
        "the attacker subtracts",
        _ATTACKER,
        '            if outcome:\n                yield ("without",',
        '            if False:\n                yield ("without",',
        (*_OPEN, *_NAIVE),
    ),
    Removal(
        "the attacker knows that the levels of a factor make up the whole",
        _ATTACKER,
        '                equal.append((parts - self._unit(outcome, "", ""), 0))\n',
        "                pass\n",
        _NAIVE,
    ),
    Removal(
        "the attacker knows what is part of what",
        _ATTACKER,
        "            if outcome in WITHIN and WITHIN[outcome] in self.outcomes:\n                yield",
        "            if False:\n                yield",
        (*_OPEN, *_NAIVE),
    ),
    Removal(
        "a set of few patients is small",
        _SETS,
        "        return (np.asarray(counts) > 0) & (np.asarray(counts) < self._k)\n",
        "        return np.asarray(counts) < 0\n",
        (*_RANDOM, *_FILES, *_FACTOR, *_MISSING, *_THREE, *_LINES),
    ),
    Removal(
        "a set is let in only beside those before it",
        _SETS,
        "        if self._tells_small(size, common):\n            return False\n",
        "",
        (*_RANDOM, *_THREE, *_BESIDE_OTHERS),
    ),
    Removal(
        "what follows by subtracting is looked at",
        _SETS,
        "itertools.product((1, -1), (1, -1), (1, -1), (0, 1, -1)):",
        "itertools.product((1,), (1,), (1,), (0,)):",
        (*_RANDOM, *_THREE),
    ),
    Removal("everybody is a set that is published too", _SETS, "(1, -1), (0, 1, -1)):", "(1, -1), (0,)):", _THREE),
    Removal(
        "three sets are looked at together",
        _SETS,
        "        for of_new, of_one, of_other, of_all in",
        "        sizes, shared, common = sizes[-1:], shared[-1:, -1:], common[-1:]\n"
        "        for of_new, of_one, of_other, of_all in",
        (*_RANDOM, *_THREE),
    ),
    Removal(
        "a block is let in whole or not at all",
        _SETS,
        "                self._packed, self._shared = before\n",
        "",
        _BLOCK,
    ),
    Removal(
        "all sums and differences of a family are looked at",
        _SETS,
        "        if np.any((sizes > 0) & (sizes < k)):\n            return True\n    return False\n",
        "        pass\n    return False\n",
        _FAMILY,
    ),
    Removal(
        "outcomes are let in one beside the other",
        _RELEASE,
        "if find_small_combination([*family, mask], k=self._k) or not self._published.admit([mask]):",
        "if False:",
        (*_ATTACK, *_FEW, *_DIFFERS),
    ),
    Removal(
        "a factor with a small level is withheld whole",
        _RELEASE,
        "        if self._are_small(parts) or not self._published.admit(parts):\n",
        "        if False:\n",
        (*_FACTOR, *_MISSING),
    ),
    Removal(
        "missing values count as a level",
        _RELEASE,
        "        parts = [*levels.values(), values.isna().to_numpy()]\n",
        "        parts = [*levels.values()]\n",
        _AMONG_MISSING,
    ),
    Removal(
        "a breakdown with a small cell is withheld whole",
        _RELEASE,
        "            if self._admits_breakdown(parts, mask, self._family(name, shown)):\n",
        "            if True:\n",
        (*_ATTACK, *_FILES, *_WORDS, *_BREAKDOWN),
    ),
    Removal(
        "a life table has no line at which too little happened",
        _LIFE,
        "    return bool(np.any(published.is_small([np.sum(within & event), np.sum(within & ~event)])))\n",
        "    return False\n",
        _LINES[:2],
    ),
    Removal(
        "a life table is let in beside what was let in before",
        _LIFE,
        "    while kept and not published.admit(_sets_of(kept, months, event)):\n",
        "    while False:\n",
        _BESIDE_OTHERS,
    ),
    Removal(
        "a hazard ratio needs enough deaths and survivors",
        _RECORDS,
        'if name == "death" and enough:',
        'if name == "death":',
        _RATIO,
    ),
    Removal(
        "hazard ratios are rounded and tell no counts",
        _RECORDS,
        "            results |= found.map(_keep_little).under(",
        "            results |= found.under(",
        _RATIO,
    ),
    Removal(
        "tables and figures that a notebook made of patients are withheld",
        _GATE,
        '        return list(self._places.pop(getattr(item, "id", ""), ()))\n',
        '        return list(self._places.pop(getattr(item, "id", ""), (item,)))\n',
        (*_WORDS, *_FILES, *_FIGURES, *_PATIENT),
    ),
    Removal(
        "results that a notebook made of patients are withheld",
        _GATE,
        "        own = {name: one for name, one in self._released.results.items() if name.startswith(",
        "        own = {name: one for name, one in results.items() if name.startswith(",
        _PATIENT,
    ),
    Removal(
        "the summary of a page is made of what is released",
        _GATE,
        "            return [words.summarise(self._released, self._section)]\n",
        "            return [item]\n",
        _WORDS,
    ),
    Removal(
        "what a cell printed is left out",
        "cartcohort/render/execution.py",
        "            keep_shown(notebook)\n",
        "            pass\n",
        _PRINTED,
    ),
    Removal(
        "the value that a cell leaves is left out",
        "cartcohort/render/tidy.py",
        'if output.output_type == "display_data"]',
        'if output.output_type != "stream"]',
        _PRINTED,
    ),
    Removal(
        "what was made without masking does not stay beside what is masked",
        "cartcohort/render/publish.py",
        "    return changed if before else is_masked(order.given)\n",
        "    return changed if before else False\n",
        _BESIDE,
    ),
    Removal(
        "a masked run tells one hash of all files",
        "cartcohort/render/cache.py",
        "        if is_masked(self.parameters):\n            told",
        "        if False:\n            told",
        _HASHES,
    ),
    Removal(
        "the levels of a measured factor do not name its median",
        "cartcohort/study/cohort.py",
        '    return hide_medians(selected) if value["min_cell_count"] else selected\n',
        "    return selected\n",
        _MEDIAN,
    ),
    Removal(
        "a masked run is not compared", "cartcohort/render/compare.py", "    _refuse_masked(runs)\n", "", _COMPARED
    ),
    Removal(
        "no package of all patients is made with a masked run",
        "run_reports.py",
        "    _refuse_patients(requests, options)\n    if options.dry_run:",
        "    if options.dry_run:",
        _PACKAGE,
    ),
]
