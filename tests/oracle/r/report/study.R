# A study's tables, its derived columns and its endpoints, from the raw CSV by the rules in data/README.md.

MONTH <- 365.25 / 12

# What study.yaml says, written down here again so that nothing is read off the suite.
STUDIES <- list(
  car1922 = list(
    cutoff = "2023-02-28",
    levels = list(genetic_risk = c("low", "high"), tumor_burden = c("low", "high"),
                  age_group = c("under 40", "40 and over"), sex = c("female", "male"),
                  extramedullary_disease = c("no", "yes"), prior_hsct = c("no", "yes"))),
  bmt = list(
    cutoff = NA,
    levels = list(disease_group = c("ALL", "AML low risk", "AML high risk"), fab_4_or_5 = c("no", "yes"),
                  methotrexate = c("no", "yes"), cmv_positive = c("no", "yes"), sex = c("female", "male"),
                  donor_sex = c("female", "male"), age_group = c("under 40", "40 and over"))))
FACTORS <- list(
  car1922 = c("genetic_risk", "tumor_burden", "age_group", "sex", "extramedullary_disease", "prior_hsct"),
  bmt = c("disease_group", "fab_4_or_5", "methotrexate", "cmv_positive", "sex", "donor_sex", "age_group",
          "donor_age_years", "wait_days"))

CR <- c("CR", "CRi")
RESPONSE <- c("CR", "CRi", "PR")
ASSESSMENT_DAY <- 28
DAYS <- c("death", "last_contact", "enrollment", "second_infusion", "response", "progression", "relapse", "hsct",
          "new_therapy", "tocilizumab", "corticosteroid")
NUMBERS <- c("age_years", "prior_lines", "marrow_blasts_pct", "car19_dose_1e6_per_kg", "car22_dose_1e6_per_kg",
             "donor_age_years", "wait_days")
TEXT <- c("best_response", "mrd_negative", "extramedullary_disease", "relapse_site", "relapse_cd19", "relapse_cd22")

read_raw <- function(name, table) {
  path <- file.path(DATA, name, paste0(table, ".csv"))
  if (!file.exists(path)) return(NULL)
  d <- read.csv(path, colClasses = "character", na.strings = c("", "NA", "N/A", "NaN", "."), check.names = FALSE)
  d[rowSums(!is.na(d)) > 0, , drop = FALSE]
}
# Whole days from `zero`, one date a row, whichever form the table has; NA where it has neither.
days_of <- function(d, column, zero = NULL) {
  if (paste0(column, "_day") %in% names(d)) return(as.integer(d[[paste0(column, "_day")]]))
  if (paste0(column, "_date") %in% names(d)) return(as.integer(as.Date(d[[paste0(column, "_date")]]) - zero))
  rep(NA_integer_, nrow(d))
}
yes_no <- function(condition) factor(ifelse(condition, "yes", "no"), c("no", "yes"))
# Split at the median of all patients: "at most 28", "above 28".
split_at_median <- function(x) {
  m <- median(x, na.rm = TRUE)
  words <- paste(c("at most", "above"), format(m))
  factor(ifelse(x > m, words[2], words[1]), words)
}

read_study <- function(name) {
  raw <- read_raw(name, "subjects")
  zero <- if ("infusion_date" %in% names(raw)) as.Date(raw$infusion_date) else NULL
  d <- data.frame(id = raw$subject_id, row = seq_len(nrow(raw)) + 1L)
  for (column in DAYS) d[[column]] <- days_of(raw, column, zero)
  d$cutoff <- if (is.null(zero)) NA_integer_ else as.integer(as.Date(STUDIES[[name]]$cutoff) - zero)
  for (column in TEXT) d[[column]] <- if (column %in% names(raw)) raw[[column]] else NA_character_
  for (column in NUMBERS) d[[paste0(column, "_n")]] <- if (column %in% names(raw)) as.numeric(raw[[column]]) else NA_real_
  d$response_yes <- d$best_response %in% RESPONSE
  d <- add_groups(d, raw, name)
  list(name = name, subjects = d, factors = FACTORS[[name]], raw = raw, zero = zero,
       events = read_events(name, d, zero), assessments = read_assessments(name, d, zero))
}
add_groups <- function(d, raw, name) {
  high <- d$marrow_blasts_pct_n >= 50 | d$extramedullary_disease == "yes"
  d$tumor_burden <- factor(ifelse(high, "high", "low"), c("low", "high"))
  d$age_group <- factor(ifelse(d$age_years_n >= 40, "40 and over", "under 40"), c("under 40", "40 and over"))
  for (column in setdiff(names(raw), c(names(d), NUMBERS)))
    d[[column]] <- raw[[column]]
  for (column in setdiff(FACTORS[[name]], c("tumor_burden", "age_group"))) {
    number <- d[[paste0(column, "_n")]]
    d[[column]] <- if (is.null(number)) factor(raw[[column]], STUDIES[[name]]$levels[[column]]) else split_at_median(number)
    stopifnot(!anyNA(d[[column]]))
  }
  d
}
read_events <- function(name, d, zero) {
  raw <- read_raw(name, "adverse_events")
  at <- match(raw$subject_id, d$id)
  data.frame(patient = at, term = raw$term, grade = as.integer(raw$grade),
             onset = days_of(raw, "onset", zero[at]), resolution = days_of(raw, "resolution", zero[at]),
             infusion = if ("infusion" %in% names(raw)) as.integer(raw$infusion) else NA_integer_,
             treatment = if ("treatment" %in% names(raw)) raw$treatment else NA_character_)
}
read_assessments <- function(name, d, zero) {
  raw <- read_raw(name, "assessments")
  if (is.null(raw)) return(NULL)
  at <- match(raw$subject_id, d$id)
  data.frame(patient = at, day = days_of(raw, "assessment", zero[at]), assay = raw$assay,
             value = as.numeric(raw$value), unit = raw$unit)
}

# --- endpoints ---------------------------------------------------------------
# One list: `days` from the endpoint's origin, `event`, `type` (0 censored, 1 event, 2 competing, 3 a later treatment that competes),
# `start` and the rows `d` at risk.  On one day an event comes before what competes, and that before censoring.
endpoint <- function(study, name, hsct = "ignore", new = "ignore", origin = "infusion") {
  d <- study$subjects
  from_response <- name %in% c("rfs", "dor", "cir", "nrm")
  if (from_response)
    d <- d[d$best_response %in% (if (name == "dor") RESPONSE else CR) & !is.na(d$response), ]
  if (!from_response && origin == "enrollment") d <- d[!is.na(d$enrollment), ]
  start <- if (from_response) d$response else if (origin == "enrollment") d$enrollment else rep(0L, nrow(d))
  own <- function(...) {
    found <- sapply(list(...), function(x) ifelse(is.na(x) | x < start, Inf, x))
    apply(matrix(found, nrow = nrow(d)), 1, min)
  }
  nr <- d$best_response %in% "NR"
  undated <- ifelse(nr & is.na(d$progression), ASSESSMENT_DAY, NA)
  dead_free <- ifelse(is.na(d$relapse), d$death, NA)
  event <- switch(name,
    os = own(d$death),
    pfs = own(d$relapse, d$progression, undated, d$death),
    efs = own(d$relapse, d$progression, ifelse(nr, ASSESSMENT_DAY, NA),
              if (new == "ignore") d$new_therapy else rep(NA, nrow(d)), d$death),
    rfs = own(d$relapse, d$death), dor = own(d$relapse, d$progression, d$death),
    cir = own(d$relapse), nrm = own(dead_free))
  other <- switch(name, cir = own(dead_free), nrm = own(d$relapse), rep(Inf, nrow(d)))
  # A treatment before day 0, where it is handled, acts on that day.
  handled <- function(how) {
    days <- rbind(if (hsct == how) d$hsct, if (new == how) d$new_therapy, rep(Inf, nrow(d)))
    pmax(apply(days, 2, min, na.rm = TRUE), start)
  }
  last <- ifelse(is.na(d$death), pmin(d$last_contact, d$cutoff, na.rm = TRUE), Inf)
  ends <- cbind(event, handled("event"), other, handled("competing"), handled("censor"), last)
  first <- apply(ends, 1, which.min)
  days <- apply(ends, 1, min) - start
  stopifnot(is.finite(days), days >= 0)
  type <- c(1L, 1L, 2L, 3L, 0L, 0L)[first]
  list(name = name, days = days, time = days / MONTH, event = type == 1L, type = type, start = start, d = d)
}
endpoints <- function(study, names, hsct = "ignore", new = "ignore", origin = "infusion")
  sapply(names, function(name) endpoint(study, name, hsct, new, origin), simplify = FALSE)
FROM_INFUSION <- c("os", "pfs", "efs")
MAIN <- c("os", "pfs")
ALL_ENDPOINTS <- c("os", "pfs", "efs", "rfs", "dor")
levels_in <- function(f) levels(droplevels(f))
# Factors of which at least two levels occur.
known_factors <- function(factors, d) Filter(function(f) length(unique(na.omit(d[[f]]))) > 1, factors)
