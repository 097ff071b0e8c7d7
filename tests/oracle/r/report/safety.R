# safety/...: CRS and ICANS, their course and treatment, severity by factor and marker, all adverse events.

SYNDROMES <- c(crs = "CRS", icans = "ICANS")
term_name <- function(x) gsub("^_|_$", "", gsub("[^[:alnum:]_]+", "_", tolower(x)))

report_safety <- function(study) {
  d <- study$subjects; n <- nrow(d)
  ev <- study$events
  ev <- ev[is.na(ev$onset) | ev$onset >= 0, ]
  ev$name <- term_name(ev$term)
  if (any(ev$name %in% names(SYNDROMES))) {
    crs <- worst_of(ev, "crs", n)
    for (s in names(SYNDROMES)) safety_syndrome(ev, s, d)
    safety_treatment(ev, d, crs)
    safety_severity(study, d, crs)
    safety_markers(study, d, crs)
    safety_early(study, ev, d, crs)
    for (s in names(SYNDROMES)) safety_readings(ev, s, d)
  }
  put_occurrence("safety/any_event", worst_of(transform(ev, name = "any"), "any", n))
  if (any(!is.na(ev$grade))) put_exact("safety/any_event/fatal", sum(tapply(ev$grade, ev$patient, max) == 5), n)
  for (t in unique(ev$name)) put_occurrence(paste0("safety/ae/", t), worst_of(ev, t, n))
}
# Worst grade of each patient, 0 without the event, NA where it was never graded.
worst_of <- function(ev, name, n) {
  own <- ev[ev$name == name, ]
  grade <- rep(0, n)
  worst <- tapply(own$grade, own$patient, function(g) if (all(is.na(g))) NA else max(g, na.rm = TRUE))
  grade[as.integer(names(worst))] <- worst
  grade
}
put_occurrence <- function(stem, grade, among = rep(TRUE, length(grade))) {
  g <- grade[among]
  put_exact(paste0(stem, "/any"), sum(is.na(g) | g > 0), length(g))
  if (anyNA(g) && all(is.na(g) | g == 0))
    return(put(paste0(stem, "/grade_3_or_higher"), "not recorded", estimate = NA, conf_low = NA, conf_high = NA, n = length(g)))
  put_exact(paste0(stem, "/grade_3_or_higher"), sum(g >= 3, na.rm = TRUE), length(g))
}
last_day <- function(d) ifelse(is.na(d$death), pmin(d$last_contact, d$cutoff, na.rm = TRUE), d$death)

# The first row of each patient.  In these studies no two rows of a syndrome after one infusion touch.
first_rows <- function(ev, name, d, infusion = NULL) {
  own <- ev[ev$name == name & !is.na(ev$onset), ]
  stopifnot(!any(duplicated(own[c("patient", "infusion")])))
  own <- own[order(own$patient, own$onset), ]
  following <- ave(own$onset, own$patient, FUN = function(x) c(x[-1], NA))
  own$until <- ifelse(is.na(own$resolution), pmin(following - 1, last_day(d)[own$patient], na.rm = TRUE), own$resolution)
  if (!is.null(infusion)) own <- own[own$infusion %in% infusion, ]
  own[!duplicated(own$patient), ]
}
put_days <- function(stem, x) {
  put(stem, "median", estimate = median(x), n = length(x), conf_low = NA, conf_high = NA)
  put(paste0(stem, "/minimum"), "min", estimate = min(x), n = length(x))
  put(paste0(stem, "/maximum"), "max", estimate = max(x), n = length(x))
}
put_ended <- function(id, time, ended) put_median(id, km(time, ended), length(time), sum(ended))
safety_syndrome <- function(ev, s, d) {
  n <- nrow(d); stem <- paste0("safety/", s); grade <- worst_of(ev, s, n)
  stopifnot(!anyNA(grade))
  put_occurrence(stem, grade)
  for (g in 1:5) put_exact(sprintf("%s/grade/%d", stem, g), sum(grade == g), n)
  e <- first_rows(ev, s, d); ended <- !is.na(e$resolution); lasted <- e$until - e$onset
  put_days(paste0(stem, "/onset"), e$onset)
  put_duration(stem, lasted, ended)
  put(paste0(stem, "/duration/resolved"), "median", estimate = median(lasted[ended]), n = sum(ended))
  put_ended(paste0(stem, "/resolution"), e$until, ended)
  put_exact(paste0(stem, "/unresolved"), sum(!ended), length(ended))
}
put_duration <- function(stem, lasted, ended) {
  put_ended(paste0(stem, "/duration"), lasted, ended)
  put(paste0(stem, "/duration/minimum"), "min", estimate = min(lasted[ended]), n = sum(ended))
  put(paste0(stem, "/duration/maximum"), "max", estimate = max(lasted[ended]), n = sum(ended))
}
safety_readings <- function(ev, s, d) {
  n <- nrow(d); stem <- paste0("safety/sensitivity/", s); everybody <- rep(TRUE, n)
  put_occurrence(paste0(stem, "/reported"), worst_of(ev, s, n))
  put_occurrence(paste0(stem, "/early"), worst_of(ev[ev$onset %in% 0:28, ], s, n))
  put_occurrence(paste0(stem, "/first_infusion"), worst_of(ev[ev$infusion %in% 1, ], s, n))
  put_occurrence(paste0(stem, "/second_infusion"), worst_of(ev[ev$infusion %in% 2, ], s, n), !is.na(d$second_infusion))
  for (k in 1:2) {
    e <- first_rows(ev, s, d, infusion = k)
    if (!nrow(e)) next
    from <- if (k == 1) 0 else d$second_infusion[e$patient]
    id <- sprintf("%s/%s_infusion", stem, c("first", "second")[k])
    put_days(paste0(id, "/onset"), e$onset - from)
    put_duration(id, e$until - e$onset, !is.na(e$resolution))
  }
}
DRUG_NAMES <- c(tocilizumab = "tocilizumab", corticosteroid = "corticosteroid")
safety_treatment <- function(ev, d, crs) {
  n <- nrow(d); any_drug <- rep(FALSE, n)
  onset <- first_rows(ev, "crs", d)
  for (drug in names(DRUG_NAMES)) {
    named <- ev$patient[ev$name %in% names(SYNDROMES) & grepl(DRUG_NAMES[[drug]], ev$treatment)]
    given <- !is.na(d[[drug]]) | seq_len(n) %in% named
    any_drug <- any_drug | given
    stem <- paste0("safety/treatment/", drug)
    put_exact(stem, sum(given), n)
    put_exact(paste0(stem, "/crs"), sum(given & crs > 0), sum(crs > 0))
    put_exact(paste0(stem, "/crs_grade_3_or_higher"), sum(given & crs >= 3), sum(crs >= 3))
    put_days(paste0(stem, "/day"), as.numeric(na.omit(d[[drug]])))
    put_days(paste0(stem, "/from_onset"), as.numeric(na.omit((d[[drug]] - onset$onset[match(seq_len(n), onset$patient)]))))
  }
  put_exact("safety/treatment/any", sum(any_drug), n)
}
# Two-level factors: the shift is the median of all differences, second level minus first, with limits that are order
# statistics of the differences at the place of the normal approximation; wilcox.test searches for a root instead.
rank_sum <- function(x, g) {
  g <- droplevels(g); a <- x[g == levels(g)[1]]; b <- x[g == levels(g)[2]]
  differences <- sort(as.vector(outer(b, a, "-")))
  if (!anyDuplicated(x) && max(length(a), length(b)) < 50) {
    w <- wilcox.test(b, a, exact = TRUE, conf.int = TRUE)
    p <- w$p.value; limits <- w$conf.int; estimate <- w$estimate
    stopifnot(abs(estimate - median(differences)) < 1e-9 * max(1, abs(estimate)))
  } else {
    p <- wilcox.test(a, b, exact = FALSE, correct = TRUE)$p.value
    ties <- table(x); n <- length(x); m <- length(differences)
    v <- m / 12 * (n + 1 - sum(ties^3 - ties) / (n * (n - 1)))
    k <- max(1, floor(m / 2 - Z * sqrt(v)))
    limits <- differences[c(k, m + 1 - k)]; estimate <- median(differences)
  }
  list(p = p, w = unname(suppressWarnings(wilcox.test(a, b))$statistic), estimate = estimate, low = limits[1], high = limits[2], n = length(x))
}
put_rank <- function(id, r, holm = NA, bh = NA)
  put(id, "wilcox.test, Hodges-Lehmann", estimate = r$estimate, conf_low = r$low, conf_high = r$high, conf_level = 0.95, statistic = r$w,
      p_value = r$p, p_holm = holm, p_bh = bh, n = r$n)
safety_severity <- function(study, d, crs) {
  fs <- known_factors(study$factors, d); severe <- crs >= 3
  tests <- lapply(fs, function(f) fisher(severe, d[[f]])); ranks <- lapply(fs, function(f) rank_sum(crs, d[[f]]))
  a <- adjusted(vapply(tests, function(t) t$p, 0)); b <- adjusted(vapply(ranks, function(r) r$p, 0))
  for (k in seq_along(fs)) {
    f <- fs[k]; g <- droplevels(d[[f]]); x <- tapply(severe, g, sum); n <- table(g)
    for (l in levels(g)) put_exact(sprintf("safety/crs/severity/%s/%s", f, l), x[[l]], n[[l]])
    for (l in levels(g)[-1])
      put_difference(sprintf("safety/crs/severity/risk_difference/%s/%s", f, l), x[[l]], n[[l]], x[[1]], n[[1]])
    t <- tests[[k]]
    put(paste0("safety/crs/severity/test/", f), "fisher.test, odds ratio solved to full precision", estimate = t$estimate, conf_low = t$lower,
        conf_high = t$upper, conf_level = t$level, p_value = t$p, p_holm = a$holm[k], p_bh = a$bh[k], n = nrow(d), n_event = sum(severe))
    put_rank(paste0("safety/crs/severity/rank/", f), ranks[[k]], b$holm[k], b$bh[k])
  }
}
peaks_of <- function(a, n) { x <- rep(NA_real_, n); m <- tapply(a$value, a$patient, max); x[as.integer(names(m))] <- m; x }
put_peaks <- function(stem, peak, severe) {
  groups <- list(below_grade_3 = peak[!severe], grade_3_or_higher = peak[severe])
  for (g in names(groups)) put_days(paste0(stem, "/", g), as.numeric(na.omit(groups[[g]])))
}
safety_markers <- function(study, d, crs) {
  a <- study$assessments; n <- nrow(d)
  a <- a[a$day %in% 0:28 & !is.na(a$value), ]
  severe <- crs >= 3; group <- yes_no(severe)
  assays <- c("il6", "ferritin", "crp", "car_transgene")
  stopifnot(setdiff(a$assay, c("mrd", "b_cell")) %in% assays)
  peaks <- lapply(assays, function(s) peaks_of(a[a$assay == s, ], n))
  tests <- lapply(peaks, function(x) rank_sum(x[!is.na(x)], group[!is.na(x)]))
  adj <- adjusted(vapply(tests, function(r) r$p, 0))
  for (k in seq_along(assays)) {
    stem <- paste0("safety/crs/peak/", assays[k])
    put_peaks(stem, peaks[[k]], severe)
    put_rank(paste0(stem, "/test"), tests[[k]], adj$holm[k], adj$bh[k])
  }
  toci <- d$tocilizumab[a$patient]
  x <- peaks_of(a[a$assay == "il6" & (is.na(toci) | a$day <= toci), ], n)
  stem <- "safety/sensitivity/crs/peak_before_tocilizumab/il6"
  put_peaks(stem, x, severe)
  put_rank(paste0(stem, "/test"), rank_sum(x[!is.na(x)], group[!is.na(x)]))
}
# Early: first tocilizumab or corticosteroid at most two days after the onset of CRS; survival from that day on.
safety_early <- function(study, ev, d, crs) {
  e <- first_rows(ev, "crs", d); p <- d[e$patient, ]; stem <- "safety/crs/early_treatment"
  dose <- pmin(p$tocilizumab, p$corticosteroid, na.rm = TRUE)
  early <- !is.na(dose) & dose <= e$onset + 2; severe <- crs[e$patient] >= 3
  put_exact(paste0(stem, "/given"), sum(early), length(early))
  put_exact(paste0(stem, "/treated/below_grade_3"), sum(!is.na(dose) & !severe), sum(!severe))
  put_exact(paste0(stem, "/treated/grade_3_or_higher"), sum(!is.na(dose) & severe), sum(severe))
  for (what in c("severity", "response")) {
    y <- if (what == "severity") severe else p$response_yes
    id <- paste0(stem, "/", what)
    put_exact(paste0(id, "/early"), sum(y & early), sum(early))
    put_exact(paste0(id, "/not_early"), sum(y & !early), sum(!early))
    put_difference(paste0(id, "/risk_difference"), sum(y & early), sum(early), sum(y & !early), sum(!early))
    t <- fisher(y, yes_no(early))
    put(paste0(id, "/test"), "fisher.test, odds ratio solved to full precision", estimate = t$estimate, conf_low = t$lower, conf_high = t$upper,
        conf_level = t$level, p_value = t$p, n = length(y))
  }
  ended <- !is.na(e$resolution)
  put_ended(paste0(stem, "/duration/early"), (e$until - e$onset)[early], ended[early])
  put_ended(paste0(stem, "/duration/not_early"), (e$until - e$onset)[!early], ended[!early])
  os <- endpoint(study, "os")
  time <- os$days[e$patient] - e$onset - 2; later <- time > 0
  at <- list(time = time[later] / MONTH, event = os$event[e$patient][later], d = data.frame(treatment = yes_no(early[later])))
  cox_terms(paste0(stem, "/os"), at, "treatment", terms = "cox")
  put_logrank(paste0(stem, "/os/logrank"), at, "treatment")
}
