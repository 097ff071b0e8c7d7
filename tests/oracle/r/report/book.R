# Records under the ids of results.json.  A field that is NA is null there; a field not named is not compared.

open_report <- function(name, study, part) {
  book$name <- name
  book$part <- part
  book$published <- NULL
  book$res <- list()
  book$ids <- character()
  book$n <- nrow(study$subjects)
  book$under <- ""
}
# `exact`: closed form, to be met to 1e-8 instead of 1e-6.  `how`: R's function.
put <- function(id, how, ..., exact = TRUE) {
  id <- paste0(book$under, id)
  if (id %in% book$ids) stop("duplicate id ", id)
  book$ids <- c(book$ids, id)
  values <- lapply(list(...), function(v) if (is.null(v) || is.na(v) || is.infinite(v)) NA else unname(v))
  book$res[[length(book$res) + 1]] <- c(list(id = id, how = how, exact = exact), values)
}
close_report <- function() {
  versions <- c(list(R = paste(R.version$major, R.version$minor, sep = ".")),
                sapply(c("survival", "cmprsk"), function(p) as.character(packageVersion(p)), simplify = FALSE))
  out <- list(study = book$name, source = sprintf("data/%s, read as raw CSV", book$name), versions = versions,
              published = if (is.null(book$published)) list() else book$published, n_results = length(book$res), results = book$res)
  file <- file.path("report", book$name, paste0(book$part, ".json"))
  dir.create(dirname(file), showWarnings = FALSE)
  writeLines(to_json(out), file, useBytes = TRUE)
  cat(sprintf("%-34s %4d results\n", file, length(book$res)))
}
# The conventions of a default run; report/conventions.R computes under others.
CHOSEN <- list(conf_type = "log-log", ties = "efron")
CONTROL <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
Z <- qnorm(0.975)

# --- curves --------------------------------------------------------------------
km <- function(time, event) survfit(Surv(time, event) ~ 1, conf.type = CHOSEN$conf_type, conf.int = 0.95)
put_median <- function(id, fit, n, n_event, how = "quantile(survfit)") {
  q <- quantile(fit, 0.5)
  put(id, how, estimate = q$quantile, conf_low = q$lower, conf_high = q$upper, conf_level = 0.95, n = n, n_event = n_event)
}
# Beyond the last follow-up a curve that is not yet at 0 is not estimable.
rate_at <- function(fit, months) {
  if (months > max(fit$time) && min(fit$surv) > 0) return(list(s = NA, low = NA, high = NA))
  s <- summary(fit, times = months, extend = TRUE)
  list(s = s$surv, low = s$lower, high = s$upper)
}
# Without an event by then the limits of survfit are 1 and 1; the suite has exact ones from those still followed.
put_rate <- function(id, fit, months, n, n_event) {
  r <- rate_at(fit, months)
  m <- sum((fit$n.event + fit$n.censor)[fit$time >= months])
  certain <- !is.na(r$s) && r$s == 1 && m > 0
  if (certain) { b <- binom.test(m, m)$conf.int; r$low <- b[1]; r$high <- b[2] }
  put(id, if (certain) "binom.test of those still followed" else "summary(survfit, times)", estimate = r$s, conf_low = r$low, conf_high = r$high, conf_level = 0.95, n = n, n_event = n_event)
}
put_curve <- function(stem, ep, rows = TRUE, suffix = "", times = c(6, 12, 24)) {
  time <- ep$time[rows]; event <- ep$event[rows]
  fit <- km(time, event)
  put_median(paste0(stem, "/median", suffix), fit, length(time), sum(event))
  for (t in times) put_rate(sprintf("%s/rate/%gm%s", stem, t, suffix), fit, t, length(time), sum(event))
}
put_observed <- function(stem, x, how = "min, median, max", ..., exact = TRUE) {
  put(paste0(stem, "/minimum"), how, estimate = if (length(x)) min(x) else NA, ...)
  put(paste0(stem, "/median"), how, estimate = if (length(x)) median(x) else NA, ...)
  put(paste0(stem, "/maximum"), how, estimate = if (length(x)) max(x) else NA, ...)
}

# --- comparisons ---------------------------------------------------------------
logrank <- function(time, event, group) {
  group <- droplevels(group)
  if (nlevels(group) < 2 || !any(event)) return(list(chisq = NA, df = NA, p = NA))
  f <- survdiff(Surv(time, event) ~ group)
  df <- nlevels(group) - 1
  list(chisq = f$chisq, df = df, p = pchisq(f$chisq, df, lower.tail = FALSE))
}
# A model whose coefficients run off to infinity says so by a warning; its terms are then not estimable.
quiet_cox <- function(formula, data) {
  infinite <- FALSE
  fit <- withCallingHandlers(coxph(formula, data, ties = CHOSEN$ties, control = CONTROL, x = TRUE, model = TRUE),
    warning = function(w) {
      if (grepl("infinite|converged before|did not converge|Ran out", conditionMessage(w))) infinite <<- TRUE
      invokeRestart("muffleWarning")
    })
  list(fit = fit, infinite = infinite)
}
# Names of the terms as the suite has them, "factor/level", in the order of coef().
term_names <- function(factors, d) unlist(lapply(factors, function(f) paste0(f, "/", levels_in(d[[f]])[-1])))
put_terms <- function(stem, terms, b, se, n, n_event, how, infinite = FALSE) {
  for (k in seq_along(terms)) {
    z <- b[k] / se[k]
    found <- if (infinite) list(NA, NA, NA, NA, NA) else
      list(exp(b[k]), exp(b[k] - Z * se[k]), exp(b[k] + Z * se[k]), z, 2 * pnorm(-abs(z)))
    put(paste0(stem, "/", terms[k]), how, estimate = found[[1]], conf_low = found[[2]], conf_high = found[[3]],
        conf_level = 0.95, statistic = found[[4]], df = NA, p_value = found[[5]], n = n, n_event = n_event, exact = FALSE)
  }
}
# `terms` names the first coefficients; the others are not written.
cox_terms <- function(stem, ep, factors, how = "coxph", terms = NULL) {
  d <- data.frame(.t = ep$time, .e = ep$event, ep$d[factors], check.names = FALSE)
  d[factors] <- lapply(d[factors], droplevels)
  q <- quiet_cox(as.formula(paste("Surv(.t, .e) ~", paste(factors, collapse = " + "))), d)
  if (is.null(terms)) terms <- term_names(factors, d)
  put_terms(stem, terms, coef(q$fit), sqrt(diag(vcov(q$fit))), nrow(d), sum(d$.e), how, q$infinite)
  invisible(q$fit)
}

# --- counts --------------------------------------------------------------------
put_share <- function(id, x, n)
  put(id, "x / n", estimate = if (n) x / n else NA, n = n, n_event = x, conf_low = NA, conf_high = NA, conf_level = NA)
put_exact <- function(id, x, n) {
  if (!n) return(put(id, "binom.test", estimate = NA, conf_low = NA, conf_high = NA, conf_level = 0.95, n = 0, n_event = 0))
  ci <- binom.test(x, n)$conf.int
  put(id, "binom.test", estimate = x / n, conf_low = ci[1], conf_high = ci[2], conf_level = 0.95, n = n, n_event = x)
}
wilson <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
put_wilson <- function(id, x, n) {
  ci <- if (n) wilson(x, n) else c(NA, NA)
  put(id, "prop.test(correct = FALSE)", estimate = x / n, conf_low = ci[1], conf_high = ci[2], conf_level = 0.95, n = n, n_event = x)
}
# Newcombe's hybrid score limits (Stat Med 1998; 17:873), group minus reference.
put_difference <- function(id, x, n, x0, n0) {
  p <- x / n; p0 <- x0 / n0; w <- wilson(x, n); w0 <- wilson(x0, n0)
  put(id, "prop.test limits combined by Newcombe's formula", estimate = p - p0,
      conf_low = p - p0 - sqrt((p - w[1])^2 + (w0[2] - p0)^2), conf_high = p - p0 + sqrt((w[2] - p)^2 + (p0 - w0[1])^2),
      conf_level = 0.95, n = n + n0, n_event = x + x0)
}
# Two-level factor: odds ratio of the event, second level against the first.
fisher <- function(event, group) {
  group <- droplevels(group)
  tab <- table(factor(group, rev(levels(group))), factor(event, c(TRUE, FALSE)))
  p <- fisher.test(tab)$p.value
  if (!all(dim(tab) == 2)) return(list(p = p, estimate = NA, lower = NA, upper = NA, level = NA))
  c(list(p = p, level = 0.95), fisher_refined(unclass(tab)))
}
