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
    risk_single(stem, ep, fs[k])
  }
}
# What one factor's comparison rests on: events observed and expected, shuffles where few are expected, Firth's model
# under separation, every two levels and their trend where there are more than two.
risk_single <- function(stem, ep, f) {
  group <- droplevels(ep$d[[f]]); ls <- levels(group); n <- length(group); ne <- sum(ep$event)
  expected <- survdiff(Surv(ep$time, ep$event) ~ group)$exp
  for (k in seq_along(ls)) {
    at <- group == ls[k]
    put(sprintf("%s/events/%s/%s", stem, f, ls[k]), "sum", estimate = sum(ep$event[at]), n = sum(at), n_event = sum(ep$event[at]))
    put(sprintf("%s/expected/%s/%s", stem, f, ls[k]), "survdiff()$exp", estimate = expected[k], n = sum(at))
  }
  if (ne && min(expected) < 5) put_shuffled(sprintf("%s/permutation/%s", stem, f), ep$time, ep$event, group)
  d <- data.frame(.t = ep$time, .e = ep$event, g = group)
  q <- quiet_cox(Surv(.t, .e) ~ g, d)
  if (q$infinite) put_firth(paste0(stem, "/cox_firth"), term_names(f, ep$d),
                            firth_fit("cox", model.matrix(q$fit), cbind(d$.t, d$.e)), seq_along(coef(q$fit)), n, ne)
  if (length(ls) > 2) risk_levels(stem, ep, f, group)
}
risk_levels <- function(stem, ep, f, group) {
  pairs <- combn(levels(group), 2)
  tests <- lapply(seq_len(ncol(pairs)), function(k) {
    kept <- group %in% pairs[, k]
    c(logrank(ep$time[kept], ep$event[kept], group[kept]), n = sum(kept), n_event = sum(ep$event[kept]))
  })
  a <- adjusted(vapply(tests, function(t) t$p, 0))
  for (k in seq_along(tests))
    put(sprintf("%s/pairwise/%s/%s_vs_%s", stem, f, pairs[1, k], pairs[2, k]), "survdiff of two levels, p.adjust",
        statistic = tests[[k]]$chisq, df = 1, p_value = tests[[k]]$p, p_holm = a$holm[k], p_bh = a$bh[k],
        n = tests[[k]]$n, n_event = tests[[k]]$n_event)
  whole <- survdiff(Surv(ep$time, ep$event) ~ group); score <- seq_along(levels(group)) - 1
  chisq <- sum(score * (whole$obs - whole$exp))^2 / drop(score %*% whole$var %*% score)
  put(sprintf("%s/trend/%s", stem, f), "survdiff()$obs, $exp and $var, scores 0, 1, 2", statistic = chisq, df = 1,
      p_value = pchisq(chisq, 1, lower.tail = FALSE), n = length(group), n_event = sum(ep$event))
}
# The factors that the section looks into: the first three, and the first three of two levels.
headline <- function(study, ep) head(known_factors(study$factors, ep$d), 3)
headline_of_two <- function(study, ep)
  head(Filter(function(f) length(unique(ep$d[[f]])) == 2, known_factors(study$factors, ep$d)), 3)
# From day 28 among those still at risk: in all, in responders by then, and beside response in one model.
risk_given_response <- function(study, ep) {
  if (length(unique(ep$d$response_yes)) < 2) return(invisible())
  kept <- ep$days > 28
  at <- list(time = (ep$days[kept] - 28) / MONTH, event = ep$event[kept], d = ep$d[kept, ])
  responded <- at$d$response_yes & at$d$response <= 28
  part <- list(time = at$time[responded], event = at$event[responded], d = at$d[responded, ])
  at$d$by_then <- yes_no(responded)
  if (length(unique(responded)) > 1)
    risk_probe(sprintf("risk_factors/%s/landmark/28d/robustness/response", ep$name), at$time, at$event, at$d$by_then)
  for (f in headline_of_two(study, ep)) {
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
  # The apparent limits moved by the optimism; those of the mean optimism are for the 200 samples of the suite.
  cc <- concordance(fitted(d)); se <- sqrt(cc$var)
  known <- list(n = nrow(d), n_event = sum(d$.e), conf_level = 0.95, random_sd = sd(found), random_samples = OPTIMISM_SAMPLES,
                exact = FALSE)
  moved <- function(at) min(1, max(0, at - mean(found)))
  do.call(put, c(list(paste0(stem, "/concordance/corrected"), "bootstrap of concordance(coxph), random", conf_low = moved(cc$concordance - Z * se),
      conf_high = moved(cc$concordance + Z * se), estimate = moved(reached(fitted(d), d))), known))
  do.call(put, c(list(paste0(stem, "/concordance/optimism"), "bootstrap of concordance(coxph), random", estimate = mean(found),
      conf_low = mean(found) - Z * sd(found) / sqrt(200), conf_high = mean(found) + Z * sd(found) / sqrt(200)), known))
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
risk_robustness <- function(study, ep)
  for (f in headline(study, ep))
    risk_probe(sprintf("risk_factors/%s/robustness/%s", ep$name, f), ep$time, ep$event, droplevels(ep$d[[f]]))
risk_probe <- function(stem, time, event, group) {
  n <- length(group); ne <- sum(event); p <- logrank(time, event, group)
  without <- vapply(seq_len(n), function(i) logrank(time[-i], event[-i], group[-i])$p, 0)
  put(paste0(stem, "/leave_one_out"), "survdiff without each patient", estimate = p$p, conf_low = min(without),
      conf_high = max(without), p_value = p$p, n = n, n_event = sum((without < 0.05) != (p$p < 0.05)))
  ratio <- function(rows) exp(coef(coxph(Surv(time[rows], event[rows]) ~ group[rows], ties = "efron", control = CONTROL)))
  whole <- ratio(seq_len(n))
  each <- matrix(vapply(seq_len(n), function(i) ratio(-i), whole), nrow = length(whole))
  for (k in seq_along(whole))
    put(paste0(stem, "/leave_one_out_ratio/", levels(group)[k + 1]), "coxph without each patient", estimate = whole[k],
        conf_low = min(each[k, ]), conf_high = max(each[k, ]), n = n, n_event = ne, exact = FALSE)
  put(paste0(stem, "/fragility"), "log-rank after every change of few event flags, then greedy changes",
      estimate = fewest_changes(time, event, group), p_value = p$p, n = n, n_event = ne)
  put_shuffled(paste0(stem, "/permutation"), time, event, group)
}
# A share of shuffles is random: R's own of many, and the limits that 10000 of the suite would give it.
put_shuffled <- function(id, time, event, group) {
  p <- shuffled_p(time, event, group); limits <- binom.test(max(0, round(p * 10001) - 1), 10000)$conf.int
  put(id, "log-rank of shuffled groups, random", statistic = logrank(time, event, group)$chisq, estimate = p, p_value = p,
      conf_low = limits[1], conf_high = limits[2], conf_level = 0.95, n = length(group), n_event = sum(event),
      random_sd = sqrt(p * (1 - p)), random_samples = SHUFFLES)
}
# All sets of a size are tried while there are few enough of them; the search by steps gives an upper bound.
fewest_changes <- function(time, event, group) {
  by_steps <- turned_after(time, event, group)
  significant <- logrank(time, event, group)$p < 0.05
  for (size in seq_len(if (is.na(by_steps)) length(time) else by_steps - 1)) {
    if (choose(length(time), size) > if (nlevels(group) == 2) 5e5 else 5e4) break
    sets <- combn(length(time), size)
    for (part in split(seq_len(ncol(sets)), ceiling(seq_len(ncol(sets)) / 5000))) {
      p <- logrank_changed(time, event, group, sets[, part, drop = FALSE])
      if (any((p < 0.05) != significant)) return(size)
    }
  }
  by_steps
}
# The log-rank p from its definition for many event indicators at once: a column of `sets` names whom to change.
logrank_changed <- function(time, event, group, sets) {
  flags <- matrix(as.numeric(event), length(event), ncol(sets))
  at <- cbind(c(sets), rep(seq_len(ncol(sets)), each = nrow(sets)))
  flags[at] <- 1 - flags[at]
  times <- sort(unique(time)); dying <- outer(time, times, "==") * 1
  chisq_of(times, time, crossprod(dying, flags),
           lapply(levels(group)[-1], function(l) list(share = at_risk_share(time, times, group == l), observed = colSums(flags * (group == l)))))
}
at_risk_share <- function(time, times, member) { risk <- outer(time, times, ">="); colSums(risk * member) / colSums(risk) }
# p of two or three groups from deaths (times x cases) and, for each group but the first, share at risk and observed.
chisq_of <- function(times, time, deaths, groups) {
  n <- colSums(outer(time, times, ">="))
  spread <- deaths * (n - deaths) / pmax(n - 1, 1)
  excess <- lapply(groups, function(g) g$observed - colSums(deaths * g$share))
  v <- function(a, b) colSums(spread * groups[[a]]$share * ((a == b) - groups[[b]]$share))
  chisq <- if (length(groups) == 1) excess[[1]]^2 / v(1, 1) else
    (excess[[1]]^2 * v(2, 2) - 2 * excess[[1]] * excess[[2]] * v(1, 2) + excess[[2]]^2 * v(1, 1)) / (v(1, 1) * v(2, 2) - v(1, 2)^2)
  p <- pchisq(chisq, length(groups), lower.tail = FALSE)
  ifelse(is.nan(p), 1, p)
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
# Observed less expected and its variance are sums over patients and times for any labelling.
SHUFFLES <- 40000
shuffled_p <- function(time, event, group) {
  group <- droplevels(group); code <- as.numeric(group)
  at <- sort(unique(time[event]))
  risk <- outer(time, at, ">=") * 1; dying <- outer(time, at, "==") * event
  statistic <- function(codes) {                   # one labelling a column
    parts <- lapply(seq_along(levels(group))[-1], function(k) {
      m <- (codes == k) * 1
      list(share = crossprod(risk, m) / colSums(risk), observed = colSums(m * event))
    })
    qchisq(chisq_of(at, time, matrix(colSums(dying), length(at), ncol(codes)), parts), length(parts), lower.tail = FALSE)
  }
  seen <- statistic(matrix(code))
  set.seed(2)
  extreme <- 0
  for (part in seq_len(SHUFFLES / 1000))
    extreme <- extreme + sum(statistic(replicate(1000, sample(code))) >= seen * (1 - 1e-7))
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
    known <- !is.na(x)
    risk_selected(sprintf("risk_factors/%s/robustness/threshold_selected/%s", ep$name, column), ep$time[known], ep$event[known], x[known], at)
  }
}
# The largest log-rank statistic over the thresholds, found anew in every shuffle of the number; random, and the limits
# that 2000 shuffles of the suite would give it.
SELECTIONS <- 5000
risk_selected <- function(id, time, event, x, at) {
  times <- sort(unique(time[event])); risk <- outer(time, times, ">=") * 1; n <- colSums(risk)
  dd <- colSums(outer(time, times, "==") * event)
  largest <- function(value) {
    m <- outer(value, at, ">=") * 1; share <- crossprod(risk, m) / n
    v <- colSums(share * (1 - share) * dd * (n - dd) / pmax(n - 1, 1))
    max(ifelse(v > 1e-10, (colSums(m * event) - colSums(share * dd))^2 / v, 0))
  }
  seen <- largest(x)
  set.seed(3)
  p <- (1 + sum(replicate(SELECTIONS, largest(sample(x))) >= seen * (1 - 1e-9))) / (1 + SELECTIONS)
  limits <- binom.test(max(0, round(p * 2001) - 1), 2000)$conf.int
  put(id, "largest log-rank statistic of shuffled numbers, random", statistic = seen, estimate = p, p_value = p,
      conf_low = limits[1], conf_high = limits[2], conf_level = 0.95, n = length(x), n_event = sum(event),
      random_sd = sqrt(p * (1 - p)), random_samples = SELECTIONS)
}
