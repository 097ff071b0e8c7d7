# risk_factors/...: factors one at a time and together, response, and how firm the comparisons are.

report_risk_factors <- function(study) {
  eps <- endpoints(study, ALL_ENDPOINTS)
  for (ep in eps) risk_univariable(study, ep)
  for (ep in eps[MAIN]) risk_multivariable(study, ep)
  for (ep in eps[MAIN]) risk_given_response(study, ep)
  risk_response(study)
  for (ep in eps[MAIN]) {
    risk_robustness(study, ep)
    risk_thresholds(study, ep)
  }
}
adjusted <- function(p) list(holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
risk_univariable <- function(study, ep) {
  fs <- known_factors(study$factors, ep$d)
  a <- adjusted(vapply(fs, function(f) logrank(ep$time, ep$event, ep$d[[f]])$p, 0))
  stem <- paste0("risk_factors/", ep$name)
  for (k in seq_along(fs)) {
    put_logrank(paste0(stem, "/logrank/", fs[k]), ep, fs[k], p_holm = a$holm[k], p_bh = a$bh[k])
    fit <- cox_terms(paste0(stem, "/cox"), ep, fs[k])
    whole <- list(likelihood_ratio = 2 * diff(fit$loglik), wald = unname(fit$wald.test)); df <- length(coef(fit))
    for (test in names(whole))
      put(sprintf("%s/%s/%s", stem, test, fs[k]), "summary(coxph)", statistic = whole[[test]], df = df,
          p_value = pchisq(whole[[test]], df, lower.tail = FALSE), n = length(ep$time), n_event = sum(ep$event), exact = FALSE)
    for (l in levels_in(ep$d[[fs[k]]])) {
      at <- ep$d[[fs[k]]] == l
      put(sprintf("%s/events/%s/%s", stem, fs[k], l), "sum", estimate = sum(ep$event[at]), n = sum(at), n_event = sum(ep$event[at]))
    }
  }
}
# The two-level factors that the section looks into.
headline <- function(study, ep)
  head(Filter(function(f) length(unique(ep$d[[f]])) == 2, known_factors(study$factors, ep$d)), 3)
# From day 28 among those still at risk: in all, in responders by then, and beside response in one model.
risk_given_response <- function(study, ep) {
  if (length(unique(ep$d$response_yes)) < 2) return(invisible())
  kept <- ep$days > 28
  at <- list(time = (ep$days[kept] - 28) / MONTH, event = ep$event[kept], d = ep$d[kept, ])
  responded <- at$d$response_yes & at$d$response <= 28
  part <- list(time = at$time[responded], event = at$event[responded], d = at$d[responded, ])
  at$d$by_then <- yes_no(responded)
  for (f in headline(study, ep)) {
    stem <- sprintf("risk_factors/%s/landmark/28d", ep$name)
    for (group in c("all", "responders")) {
      own <- if (group == "all") at else part
      put_logrank(sprintf("%s/%s/logrank/%s", stem, group, f), own, f)
      cox_terms(sprintf("%s/%s/cox", stem, group), own, f)
    }
    id <- paste0(stem, "/adjusted/cox")
    if (all(responded))
      put(paste0(id, "/", term_names(f, at$d)), "one group by response", estimate = NA, conf_low = NA, conf_high = NA, statistic = NA,
          p_value = NA, n = sum(kept), n_event = sum(at$event))
    else cox_terms(id, at, c(f, "by_then"), terms = term_names(f, at$d))
  }
}
risk_multivariable <- function(study, ep) {
  fs <- known_factors(study$factors, ep$d); n <- length(ep$time); ne <- sum(ep$event)
  stem <- paste0("risk_factors/", ep$name)
  fit <- cox_terms(paste0(stem, "/multivariable"), ep, fs)
  k <- length(coef(fit)); lr <- 2 * diff(fit$loglik)
  put(paste0(stem, "/multivariable_test"), "anova(coxph)", statistic = lr, df = k, p_value = pchisq(lr, k, lower.tail = FALSE),
      n = n, n_event = ne, exact = FALSE)
  put(paste0(stem, "/events_per_term"), "events / coefficients", estimate = ne / k, n = n, n_event = ne)
  z <- cox.zph(fit, transform = "km")$table
  for (row in rownames(z))
    put(paste0(stem, "/ph/", tolower(row)), "cox.zph(transform = \"km\")", statistic = z[row, "chisq"], df = z[row, "df"],
        p_value = z[row, "p"], n = n, n_event = ne, exact = FALSE)
  cc <- concordance(fit); se <- sqrt(cc$var)
  put(paste0(stem, "/concordance/apparent"), "concordance(coxph)", estimate = cc$concordance, conf_low = max(0, cc$concordance - Z * se),
      conf_high = min(1, cc$concordance + Z * se), conf_level = 0.95, n = n, n_event = ne, exact = FALSE)
  risk_optimism(stem, ep, fs)
  if (ne / k < 10) risk_firth(stem, ep, fs, fit)
}
risk_firth <- function(stem, ep, fs, fit) {
  f <- firth_fit("cox", model.matrix(fit), cbind(ep$time, ep$event))
  put_firth(paste0(stem, "/multivariable_firth"), term_names(fs, ep$d), f, seq_along(f$coef$x), length(ep$time), sum(ep$event))
}
put_firth <- function(stem, terms, f, which, n, n_event, ...) {
  extra <- list(...)
  for (k in seq_along(terms)) {
    j <- which[k]
    do.call(put, c(list(paste0(stem, "/", terms[k]), "firth_fit of oracle.R", estimate = f$exp_coef$x[j],
      conf_low = exp(f$profile_lower$x[j]), conf_high = exp(f$profile_upper$x[j]), conf_level = 0.95,
      statistic = f$lrt_chisq$x[j], df = 1, p_value = f$lrt_p$x[j], n = n, n_event = n_event, exact = FALSE),
      lapply(extra, function(v) v[k])))
  }
}
# The mean optimism of the bootstrap is random: R's own, of many samples, with its standard deviation for one sample.
OPTIMISM_SAMPLES <- 2000
risk_optimism <- function(stem, ep, fs) {
  d <- data.frame(.t = ep$time, .e = ep$event, ep$d[fs])
  form <- as.formula(paste("Surv(.t, .e) ~", paste(fs, collapse = " + ")))
  fitted <- function(data) suppressWarnings(coxph(form, data, ties = "efron"))
  # A level missing from a sample has no coefficient; the score of its patients then leaves it out.
  score <- function(fit, data) { b <- coef(fit); b[is.na(b)] <- 0; drop(model.matrix(form, data)[, -1, drop = FALSE] %*% b) }
  reached <- function(fit, data) concordance(Surv(.t, .e) ~ score(fit, data), data, reverse = TRUE)$concordance
  set.seed(1)
  found <- replicate(OPTIMISM_SAMPLES, {
    drawn <- d[sample(nrow(d), replace = TRUE), ]
    fit <- fitted(drawn)
    reached(fit, drawn) - reached(fit, d)
  })
  put(paste0(stem, "/concordance/corrected"), "bootstrap of concordance(coxph), random", conf_low = NA, conf_high = NA,
      estimate = reached(fitted(d), d) - mean(found), n = nrow(d), n_event = sum(d$.e), random_sd = sd(found),
      random_samples = OPTIMISM_SAMPLES, exact = FALSE)
}
risk_response <- function(study) {
  d <- study$subjects[!is.na(study$subjects$best_response), ]
  if (length(unique(d$response_yes)) < 2) return(invisible())
  fs <- known_factors(study$factors, d)
  fits <- lapply(fs, function(f) firth_fit("logit", model.matrix(~ droplevels(d[[f]])), as.numeric(d$response_yes)))
  p <- unlist(lapply(fits, function(f) f$lrt_p$x[-1]))
  a <- adjusted(p); at <- 0
  for (k in seq_along(fs)) {
    terms <- term_names(fs[k], d); own <- at + seq_along(terms); at <- max(own)
    put_firth("risk_factors/response/firth", terms, fits[[k]], 1 + seq_along(terms), nrow(d), sum(d$response_yes),
              p_holm = a$holm[own], p_bh = a$bh[own])
  }
}

# --- robustness ------------------------------------------------------------------
risk_robustness <- function(study, ep) {
  for (f in headline(study, ep)) {
    stem <- sprintf("risk_factors/%s/robustness/%s", ep$name, f)
    group <- ep$d[[f]]; n <- length(group); ne <- sum(ep$event); p <- logrank(ep$time, ep$event, group)
    without <- vapply(seq_len(n), function(i) logrank(ep$time[-i], ep$event[-i], group[-i])$p, 0)
    put(paste0(stem, "/leave_one_out"), "survdiff without each patient", estimate = p$p, conf_low = min(without),
        conf_high = max(without), p_value = p$p, n = n, n_event = sum((without < 0.05) != (p$p < 0.05)))
    put(paste0(stem, "/fragility"), "survdiff, greedy changes of the event flag", estimate = turned_after(ep$time, ep$event, group),
        p_value = p$p, n = n, n_event = ne)
    shuffled <- shuffled_p(ep$time, ep$event, group)
    put(paste0(stem, "/permutation"), "logrank of shuffled groups, random", statistic = p$chisq, p_value = shuffled, n = n,
        n_event = ne, random_sd = sqrt(shuffled * (1 - shuffled)), random_samples = SHUFFLES)
  }
}
# Changes the event flag of one patient after the other, each time of the one who moves p furthest, until p crosses 0.05.
turned_after <- function(time, event, group) {
  significant <- logrank(time, event, group)$p < 0.05
  open <- seq_along(time)
  for (step in seq_along(time)) {
    p <- vapply(open, function(i) {
      changed <- event; changed[i] <- !changed[i]
      if (any(changed)) logrank(time, changed, group)$p else 1
    }, 0)
    # Patients who would do the same differ by round-off only: the first of them.
    best <- if (significant) which(p >= max(p) * (1 - 1e-9))[1] else which(p <= min(p) * (1 + 1e-9))[1]
    event[open[best]] <- !event[open[best]]
    if ((p[best] < 0.05) != significant) return(step)
    open <- open[-best]
  }
  NA
}
# Two groups: observed less expected and its variance are sums over patients and times for any labelling.
SHUFFLES <- 40000
shuffled_p <- function(time, event, group) {
  second <- as.numeric(group) == max(as.numeric(group))
  at <- sort(unique(time[event]))
  risk <- outer(time, at, ">=") * 1; deaths <- outer(time, at, "==") * event
  n <- colSums(risk); dd <- colSums(deaths)
  statistic <- function(m) {                       # m: one labelling a column
    n2 <- crossprod(risk, m); d2 <- crossprod(deaths, m); share <- n2 / n
    v <- colSums(share * (1 - share) * dd * (n - dd) / pmax(n - 1, 1))
    (colSums(d2) - colSums(share * dd))^2 / v
  }
  seen <- statistic(matrix(second * 1))
  set.seed(2)
  extreme <- 0
  for (part in seq_len(SHUFFLES / 1000))
    extreme <- extreme + sum(statistic(replicate(1000, sample(second * 1))) >= seen * (1 - 1e-9))
  (1 + extreme) / (1 + SHUFFLES)
}
MEASURED <- c(tumor_burden = "marrow_blasts_pct", age_group = "age_years")
risk_thresholds <- function(study, ep) {
  for (f in study$factors) {
    column <- if (f %in% names(MEASURED)) MEASURED[[f]] else paste0(f, "_value")
    x <- ep$d[[paste0(sub("_value$", "", column), "_n")]]
    if (is.null(x) || length(unique(na.omit(x))) < 3) next
    fewest <- max(1, ceiling(0.1 * sum(!is.na(x))))
    at <- Filter(function(v) sum(x < v, na.rm = TRUE) >= fewest && sum(x >= v, na.rm = TRUE) >= fewest, sort(unique(x)))
    stopifnot(length(at) <= 100)
    p <- vapply(at, function(v) logrank(ep$time[!is.na(x)], ep$event[!is.na(x)], factor(x[!is.na(x)] >= v))$p, 0)
    put(sprintf("risk_factors/%s/robustness/threshold/%s", ep$name, column), "survdiff at every threshold",
        estimate = at[which.min(p)], conf_low = min(at), conf_high = max(at), p_value = min(p, na.rm = TRUE), n = sum(!is.na(x)))
  }
}
