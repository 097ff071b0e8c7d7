# survival/...: endpoints in all patients, by factor, and after two years.

report_survival <- function(study) {
  eps <- endpoints(study, ALL_ENDPOINTS)
  for (ep in eps) survival_overall(ep)
  for (ep in eps) for (f in known_factors(study$factors, ep$d)) survival_by(ep, f)
  for (ep in eps) survival_conditional(ep)
  for (ep in eps[MAIN]) survival_hazard(ep)
}
survival_overall <- function(ep) {
  stem <- paste0("survival/", ep$name); n <- length(ep$time); ne <- sum(ep$event)
  put_curve(stem, ep)
  tab <- summary(km(ep$time, ep$event), rmean = 24)$table
  put(paste0(stem, "/rmst/24m"), "summary(survfit, rmean = 24)", estimate = tab["rmean"],
      conf_low = tab["rmean"] - Z * tab["se(rmean)"], conf_high = tab["rmean"] + Z * tab["se(rmean)"],
      conf_level = 0.95, n = n, n_event = ne)
  put_median(paste0(stem, "/followup/median"), km(ep$time, !ep$event), n, ne, "quantile(survfit), event flag swapped")
  put_observed(paste0(stem, "/observed"), ep$time, n = n, n_event = ne)
  # Clark's completeness: nobody's potential time is shorter than the observed one, and an event ends it.
  potential <- ifelse(ep$event, ep$days, pmax(ep$d$cutoff - ep$start, ep$days))
  known <- !is.na(ep$d$cutoff)
  put(paste0(stem, "/followup/completeness"), "sum(time) / sum(potential)", conf_low = NA, conf_high = NA,
      estimate = if (any(known)) sum(ep$days[known]) / sum(potential[known]) else NA,
      n = if (any(known)) sum(known) else length(known), n_event = ne)
}
survival_by <- function(ep, f) {
  stem <- paste0("survival/", ep$name)
  group <- droplevels(ep$d[[f]])
  for (l in levels(group)) put_curve(stem, ep, group %in% l, paste0("/", f, "/", l))
  put_logrank(paste0(stem, "/logrank/", f), ep, f)
  cox_terms(paste0(stem, "/cox"), ep, f)
}
put_logrank <- function(id, ep, f, ...) {
  r <- logrank(ep$time, ep$event, ep$d[[f]])
  put(id, "survdiff", statistic = r$chisq, df = r$df, p_value = r$p, n = length(ep$time), n_event = sum(ep$event), ...)
}
survival_conditional <- function(ep) {
  later <- ep$time > 24
  fit <- km(ep$time[later] - 24, ep$event[later])
  for (further in c(12, 24)) {
    r <- rate_at(fit, further)
    # Without an event the limits of survfit are 1, which the suite does not show as limits.
    none <- !is.na(r$s) && r$s == 1
    put(sprintf("survival/%s/conditional/24m/%gm", ep$name, further), "survfit of those with time > 24, restarted",
        estimate = r$s, conf_low = if (none) NA else r$low, conf_high = if (none) NA else r$high, conf_level = 0.95,
        n = sum(later), n_event = sum(ep$event[later]))
    m <- sum(ep$time[later] - 24 >= further)
    if (!none || m == 0) next
    b <- binom.test(m, m)$conf.int
    put(sprintf("survival/%s/conditional/24m/%gm/exact", ep$name, further), "binom.test of those still followed",
        estimate = 1, conf_low = b[1], conf_high = b[2], conf_level = 0.95, n = m, n_event = 0)
  }
}
# Years (start, end]; an event at the end of a year belongs to it, one at time 0 to the first.
survival_hazard <- function(ep) {
  for (year in seq_len(max(1, ceiling(max(ep$time) / 12)))) {
    from <- 12 * (year - 1)
    within <- pmin(pmax(ep$time - from, 0), 12) / 12
    x <- sum(ep$event & ep$time <= 12 * year & (ep$time > from | year == 1))
    h <- poisson.test(x, sum(within))
    put(sprintf("survival/%s/hazard/year/%d", ep$name, year), "poisson.test", estimate = h$estimate, conf_low = h$conf.int[1],
        conf_high = h$conf.int[2], conf_level = 0.95, n = sum(ep$time > from | year == 1), n_event = x)
  }
}
# Cumulative incidence of code 1 at `months`, with log-log limits, from survfit's multi-state curve.
incidence_at <- function(time, code, months) {
  if (months > max(time) && any(code[time == max(time)] == 0)) return(list(est = NA, low = NA, high = NA))
  state <- factor(code, 0:2)
  s <- summary(survfit(Surv(time, state) ~ 1, conf.type = "log-log"), times = months, extend = TRUE)
  list(est = s$pstate[1, 2], low = s$lower[1, 2], high = s$upper[1, 2], se = s$std.err[1, 2])
}
