# survival/<e>/{followup,conditional,survivors,cure}/...: maturity, those who have survived for a while, and the cure
# fraction.  Likelihoods are written with log-time scaled by shape k and location m and differentiated by deriv3().

report_cure <- function(study) {
  eps <- endpoints(study, ALL_ENDPOINTS)
  for (ep in eps) followup_details(ep)
  for (ep in eps[MAIN]) {
    for (given in setdiff(seq(0, max(ep$time) - 12, by = 6), 24)) put_conditional_year(ep, given)
    put_states(sprintf("survival/%s/survivors/24m", ep$name), ep)
    put_cure(ep)
  }
  both <- eps[MAIN]
  put_states("survival/os/survivors/24m/pfs", both$pfs, both$os$time > 24)
  for (f in known_factors(study$factors, both$os$d)) put_survivors_by(both$os, f)
}
followup_details <- function(ep) {
  stem <- paste0("survival/", ep$name, "/followup"); n <- length(ep$time); ne <- sum(ep$event)
  censored <- ep$time[!ep$event]
  put_observed(paste0(stem, "/censored"), censored, n = length(censored))
  possible <- (ep$d$cutoff - ep$start) / MONTH
  possible <- possible[!is.na(possible)]
  put_observed(paste0(stem, "/potential"), possible, n = length(possible))
  for (t in c(6, 12, 24)) put(sprintf("%s/at_risk/%gm", stem, t), "sum(time >= t)", estimate = sum(ep$time >= t), n = n, n_event = ne)
  put(paste0(stem, "/few_from"), "fifth longest time", estimate = if (n < 5) 0 else sort(ep$time, decreasing = TRUE)[5],
      n = n, n_event = ne)
}

# --- landmark -------------------------------------------------------------------
put_conditional_year <- function(ep, given, rows = TRUE, suffix = "") {
  time <- ep$time[rows]; event <- ep$event[rows]
  later <- time > given
  id <- sprintf("survival/%s/conditional/%gm/12m", ep$name, given)
  n <- sum(later); ne <- sum(event[later])
  if (!n) return(put(paste0(id, suffix), "nobody", estimate = NA, conf_low = NA, conf_high = NA, conf_level = 0.95, n = 0, n_event = 0))
  fit <- km(time[later] - given, event[later])
  r <- rate_at(fit, 12)
  none <- !is.na(r$s) && r$s == 1
  put(paste0(id, suffix), "survfit of those with time > given, restarted", estimate = r$s,
      conf_low = if (none) NA else r$low, conf_high = if (none) NA else r$high, conf_level = 0.95, n = n, n_event = ne)
  m <- sum(time[later] - given >= 12)
  if (!none || m == 0) return(invisible())
  b <- binom.test(m, m)$conf.int
  put(paste0(id, "/exact", suffix), "binom.test of those still followed", estimate = 1, conf_low = b[1], conf_high = b[2],
      conf_level = 0.95, n = m, n_event = 0)
}
put_states <- function(stem, ep, rows = rep(TRUE, length(ep$time)), suffix = "", only = NULL) {
  time <- ep$time[rows]; event <- ep$event[rows]
  counts <- list(event_before = sum(event & time <= 24), ended_before = sum(!event & time <= 24),
                 followed = sum(time > 24), event_after = sum(event & time > 24))
  of <- c(event_before = length(time), ended_before = length(time), followed = length(time), event_after = sum(time > 24))
  for (key in if (is.null(only)) names(counts) else only)
    put(paste0(stem, "/", key, suffix), "sum()", estimate = counts[[key]], n = of[[key]])
}
put_survivors_by <- function(ep, f) {
  stem <- sprintf("survival/%s/survivors/24m", ep$name)
  group <- droplevels(ep$d[[f]])
  for (l in levels(group)) {
    suffix <- paste0("/", f, "/", l)
    put_states(stem, ep, group %in% l, suffix, c("followed", "event_after"))
    put_conditional_year(ep, 24, group %in% l, suffix)
  }
  later <- ep$time > 24
  at <- list(time = ep$time[later] - 24, event = ep$event[later], d = ep$d[later, ])
  put_logrank(paste0(stem, "/logrank/", f), at, f)
}

# --- cure fraction ---------------------------------------------------------------
# Contributions of an event and of a censoring at log-time x: density and survival of all, p being cured.
cure_parts <- function(event, survival) {
  of <- function(e) deriv3(e, c("p", "k", "m"), c("p", "k", "m", "x"))
  list(event = of(event), censored = of(survival))
}
CURE <- list(
  weibull = cure_parts(quote(log(1 - p) + log(k) - x + k * (x - m) - exp(k * (x - m))),
                       quote(log(p + (1 - p) * exp(-exp(k * (x - m)))))),
  log_normal = cure_parts(quote(log(1 - p) + log(k) - x - (k * (x - m))^2 / 2 - log(2 * 3.141592653589793) / 2),
                          quote(log(p + (1 - p) * pnorm(-k * (x - m))))),
  log_logistic = cure_parts(quote(log(1 - p) + log(k) - x + k * (x - m) - 2 * log(1 + exp(k * (x - m)))),
                            quote(log(p + (1 - p) / (1 + exp(k * (x - m)))))))
CURE$exponential <- CURE$weibull
SURVREG <- c(weibull = "weibull", exponential = "exponential", log_normal = "lognormal", log_logistic = "loglogistic")
STANDARD <- list(weibull = function(z) exp(-exp(z)), exponential = function(z) exp(-exp(z)), log_normal = function(z) pnorm(-z),
                 log_logistic = function(z) 1 / (1 + exp(z)))
HALFWAY <- c(weibull = log(log(2)), exponential = log(log(2)), log_normal = 0, log_logistic = 0)

# Log likelihood at c(p, k, m) with gradient and Hessian.
cure_at <- function(family, s, at) {
  sum_of <- function(f, x) {
    v <- f(at[1], at[2], at[3], x)
    list(value = sum(v), gradient = colSums(attr(v, "gradient")), hessian = apply(attr(v, "hessian"), 2:3, sum))
  }
  a <- sum_of(CURE[[family]]$event, s$event)
  if (!length(s$censored)) return(a)
  b <- sum_of(CURE[[family]]$censored, s$censored)
  Map(`+`, a, b)
}
# Maximum over the parameters named by `free`: optim() from a start, then Newton steps to the last digits.
cure_climb <- function(family, s, start, free) {
  full <- function(u) { at <- start; at[free] <- u; at }
  to <- function(u) { u[free == 1] <- qlogis(u[free == 1]); u[free == 2] <- log(u[free == 2]); u }
  from <- function(u) { u[free == 1] <- plogis(u[free == 1]); u[free == 2] <- exp(u[free == 2]); u }
  value <- function(u) { v <- -suppressWarnings(cure_at(family, s, full(from(u)))$value); if (is.finite(v)) v else 1e10 }
  begin <- to(start[free])
  if (length(free) > 1) begin <- optim(begin, value, method = "Nelder-Mead", control = list(reltol = 1e-13, maxit = 5000))$par
  found <- optim(begin, value, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))
  at <- full(from(found$par))
  for (step in 1:20) {
    l <- cure_at(family, s, at)
    move <- solve(l$hessian[free, free, drop = FALSE], l$gradient[free])
    if (any(!is.finite(move)) || max(abs(move)) > 0.1) break
    at[free] <- at[free] - move
    if (max(abs(move)) < 1e-14) break
  }
  list(at = at, value = cure_at(family, s, at)$value)
}
highest <- function(fits) fits[[which.max(sapply(fits, `[[`, "value"))]]
fit_cure <- function(family, time, event) {
  time <- ifelse(event & time == 0, 0.5 / MONTH, time)
  used <- time > 0
  s <- list(event = log(time[event]), censored = log(time[!event & used]))
  shape <- if (family == "exponential") NULL else 2
  reg <- survreg(Surv(time[used], event[used]) ~ 1, dist = SURVREG[[family]],
                 control = survreg.control(rel.tolerance = 1e-14, maxiter = 200))
  none <- list(at = c(0, 1 / reg$scale, unname(coef(reg))), value = reg$loglik[1])
  starts <- list(none$at, c(0, if (is.null(shape)) 1 else 1 / sd(s$event), mean(s$event)))
  profile <- function(p) highest(lapply(starts, function(at) cure_climb(family, s, c(p, at[-1]), c(shape, 3))))
  shares <- length(s$censored) / sum(used) * c(0.2, 0.5, 0.8, 0.98)
  best <- highest(c(list(none), lapply(shares, function(p) cure_climb(family, s, profile(p)$at, c(1, shape, 3)))))
  starts <- c(starts, list(best$at))
  target <- best$value - qchisq(0.95, 1) / 2
  root <- function(range) uniroot(function(p) profile(p)$value - target, range, tol = 1e-14)$root
  low <- if (none$value >= target) 0 else root(c(0, best$at[1]))
  c(best, list(low = low, high = root(c(best$at[1], 1 - 1e-6)), without = none$value, parameters = 1 + length(shape)))
}
put_cure <- function(ep) {
  stem <- paste0("survival/", ep$name, "/cure/"); n <- length(ep$time); ne <- sum(ep$event)
  put_cure_field <- function(id, how, ..., exact = FALSE) put(paste0(stem, id), how, ..., n = n, n_event = ne, exact = exact)
  for (family in names(SURVREG)) {
    f <- fit_cure(family, ep$time, ep$event)
    ratio <- 2 * (f$value - f$without)
    put_cure_field(paste0("fraction/", family), "optim and Newton, uniroot of the profile", estimate = f$at[1],
                   conf_low = f$low, conf_high = f$high, conf_level = 0.95)
    put_cure_field(paste0("test/", family), "against survreg", statistic = ratio, p_value = pchisq(ratio, 1, lower.tail = FALSE) / 2)
    put_cure_field(paste0("aic/with/", family), "optim", estimate = 2 * (f$parameters + 1) - 2 * f$value)
    put_cure_field(paste0("aic/without/", family), "survreg", estimate = 2 * f$parameters - 2 * f$without)
    put_cure_field(paste0("uncured_median/", family), "optim", estimate = exp(f$at[3] + HALFWAY[[family]] / f$at[2]))
    uncured <- STANDARD[[family]](f$at[2] * (log(max(ep$time)) - f$at[3]))
    put_cure_field(paste0("uncured_at_end/", family), "optim", estimate = uncured / (f$at[1] + (1 - f$at[1]) * uncured))
  }
  put_plateau(ep, put_cure_field)
}
# Both studies have events and follow-up beyond the last of them.
put_plateau <- function(ep, put_cure_field) {
  last <- max(ep$time[ep$event]); end <- max(ep$time); n <- length(ep$time); beyond <- ep$time > last
  stopifnot(any(beyond))
  window <- function(id, found) put_cure_field(paste0("follow_up/", id), "(1 - N / n)^n", statistic = sum(found),
    estimate = sum(found) / n, p_value = (1 - sum(found) / n)^n, exact = TRUE)
  window("maller_zhou", ep$event & ep$time > last - (end - last))
  w <- (end - last) / end
  window("shen", ep$event & ep$time >= (w * last + (1 - w) * end) * last / end)
  put_cure_field("plateau/last_event", "max", estimate = last, exact = TRUE)
  put_cure_field("plateau/length", "max", estimate = end - last, exact = TRUE)
  put_cure_field("plateau/followed", "sum", estimate = sum(beyond), exact = TRUE)
  r <- rate_at(km(ep$time, ep$event), end)
  put_cure_field("plateau/level", "summary(survfit, times)", estimate = r$s, conf_low = r$low, conf_high = r$high,
                 conf_level = 0.95, exact = TRUE)
  h <- poisson.test(0, sum(ep$time[beyond] - last) / 12)
  put(sprintf("survival/%s/cure/plateau/hazard", ep$name), "poisson.test", estimate = 0, conf_low = 0, conf_high = h$conf.int[2],
      conf_level = 0.95, n = sum(beyond), n_event = 0)
}
