# efficacy/...: flow, baseline, response, duration of response.

report_efficacy <- function(study) {
  d <- study$subjects
  efficacy_flow(study, d)
  efficacy_baseline(study, d)
  efficacy_response(d)
  efficacy_by_factor(study, d)
  efficacy_duration(study, d)
}
evaluable <- function(d) !is.na(d$best_response) & d$best_response != "NE"
# Everybody in these two studies was infused.
efficacy_flow <- function(study, d) {
  n <- nrow(d); early <- !is.na(d$death) & d$death <= ASSESSMENT_DAY
  stopifnot(is.null(study$zero) || !anyNA(study$zero))
  steps <- list(enrolled = n, never_infused = 0, infused = n, second_infusion = if (any(!is.na(d$second_infusion))) sum(!is.na(d$second_infusion)),
                died_before_assessment = sum(!evaluable(d) & early), not_assessed = sum(!evaluable(d) & !early),
                evaluable = sum(evaluable(d)), analysed = n)
  for (s in names(Filter(Negate(is.null), steps))) put_share(paste0("efficacy/flow/", s), steps[[s]], n)
}
BASELINE <- c("age_years", "sex", "disease_status", "prior_lines", "prior_hsct", "extramedullary_disease", "marrow_blasts_pct",
              "tumor_burden", "genetic_risk", "first_product", "car19_dose_1e6_per_kg", "car22_dose_1e6_per_kg")
efficacy_baseline <- function(study, d) {
  groups <- list(all = rep(TRUE, nrow(d)))
  if (length(unique(d$response_yes)) > 1) groups <- c(groups, list(`response/` = d$response_yes, `nonresponse/` = !d$response_yes))
  for (column in unique(c(BASELINE, study$factors))) {
    x <- d[[paste0(column, "_n")]]
    if (is.null(x)) x <- d[[column]]
    if (is.null(x) || all(is.na(x))) next
    for (g in names(groups)) baseline_in(paste0("efficacy/baseline/", if (g == "all") "" else g, column), x[groups[[g]]], x)
    if (length(groups) > 1)
      put(paste0("efficacy/baseline/", column, "/smd"), "difference over pooled standard deviation", conf_low = NA, conf_high = NA,
          estimate = smd(x[d$response_yes], x[!d$response_yes]), n = sum(!is.na(x)))
  }
}
baseline_in <- function(stem, x, everybody) {
  known <- x[!is.na(x)]
  if (is.numeric(x)) put_observed(stem, known, n = length(known))
  else for (l in sort(unique(as.character(na.omit(everybody))))) put_share(paste0(stem, "/", l), sum(known == l), length(known))
  put_share(paste0(stem, "/missing"), sum(is.na(x)), length(x))
}
# Yang and Dalton 2012: numbers by means, two categories by proportions.
smd <- function(a, b) {
  a <- a[!is.na(a)]; b <- b[!is.na(b)]
  if (is.numeric(a)) return((mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2))
  values <- sort(unique(c(as.character(a), as.character(b))))
  stopifnot(length(values) == 2)
  p <- mean(a == values[2]); q <- mean(b == values[2])
  abs(p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2)
}
put_both <- function(id, x, n) { put_exact(id, x, n); put_wilson(paste0(id, "/wilson"), x, n) }
efficacy_response <- function(d) {
  kinds <- list(orr = RESPONSE, cr_cri = CR, cr = "CR", cri = "CRi", pr = "PR", nr = "NR")
  for (k in names(kinds)) put_both(paste0("efficacy/response/", k), sum(d$best_response %in% kinds[[k]]), nrow(d))
  put_both("efficacy/response/ne", sum(!evaluable(d)), nrow(d))
  remission <- d$best_response %in% CR; negative <- d$mrd_negative %in% "yes"; known <- !is.na(d$mrd_negative)
  mrd <- list(mrd_negative = c(sum(negative), nrow(d)), `mrd_negative/remission` = c(sum(negative & remission), sum(remission)),
              `mrd_negative/assessed` = c(sum(negative & remission), sum(remission & known)))
  for (k in names(mrd)) {
    id <- paste0("efficacy/response/", k)
    if (any(known)) put_both(id, mrd[[k]][1], mrd[[k]][2])
    else put(id, "not recorded", estimate = NA, conf_low = NA, conf_high = NA, n = mrd[[k]][2])
  }
  for (k in c("orr", "cr_cri")) for (g in c("enrolled", "infused", "evaluable")) {
    rows <- if (g == "evaluable") evaluable(d) else rep(TRUE, nrow(d))
    put_both(sprintf("efficacy/sensitivity/%s/%s", k, g), sum(d$best_response[rows] %in% kinds[[k]]), sum(rows))
  }
}
efficacy_by_factor <- function(study, d) {
  fs <- known_factors(study$factors, d); y <- d$response_yes
  tests <- lapply(fs, function(f) if (length(unique(y)) > 1) fisher(y, d[[f]]))
  a <- adjusted(vapply(tests, function(t) if (is.null(t)) NA_real_ else t$p, 0))
  for (k in seq_along(fs)) {
    f <- fs[k]; g <- droplevels(d[[f]]); x <- tapply(y, g, sum); n <- table(g)
    for (l in levels(g)) put_exact(sprintf("efficacy/response/orr/%s/%s", f, l), x[[l]], n[[l]])
    for (l in levels(g)[-1])
      put_difference(sprintf("efficacy/response/risk_difference/%s/%s", f, l), x[[l]], n[[l]], x[[1]], n[[1]])
    t <- tests[[k]]
    put(paste0("efficacy/response/test/", f), "fisher.test, odds ratio solved to full precision", estimate = t$estimate, conf_low = t$lower,
        conf_high = t$upper, conf_level = t$level, p_value = t$p, p_holm = a$holm[k], p_bh = a$bh[k], n = length(g), n_event = sum(y))
  }
}
efficacy_duration <- function(study, d) {
  day <- d$response[d$response_yes & !is.na(d$response)]
  put_observed("efficacy/time_to_response", day, n = length(day))
  both <- d$response_yes & !is.na(d$response) & !is.na(d$second_infusion)
  if (any(both)) put_share("efficacy/time_to_response/before_second_infusion", sum(d$response[both] < d$second_infusion[both]), sum(both))
  ep <- endpoint(study, "dor")
  put_curve("efficacy/dor", ep)
  put_share("efficacy/dor/ongoing", sum(!ep$event), length(ep$event))
  put("efficacy/dor/observed/maximum", "max", estimate = max(ep$time), n = length(ep$time))
}
