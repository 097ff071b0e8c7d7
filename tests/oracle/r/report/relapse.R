# relapse/...: incidences of relapse and of death in remission, antigens, course, readings.

report_relapse <- function(study) {
  d <- study$subjects
  relapsed <- !is.na(d$relapse); remission <- d$best_response %in% CR
  put_exact("relapse/total", sum(relapsed), nrow(d))
  put_exact("relapse/total/of_responders", sum(relapsed & remission), sum(remission))
  site <- d$relapse_site[relapsed & !is.na(d$relapse_site)]
  if (length(site)) for (s in c("marrow", "extramedullary", "both")) put_exact(paste0("relapse/site/", s), sum(site == s), length(site))
  eps <- endpoints(study, c("cir", "nrm"))
  for (ep in eps) put_incidence(paste0("relapse/", ep$name), ep)
  for (ep in eps) for (f in known_factors(study$factors, ep$d)) for (l in levels_in(ep$d[[f]]))
    put_incidence(paste0("relapse/", ep$name), ep, ep$d[[f]] %in% l, paste0("/", f, "/", l))
  for (ep in eps) relapse_compare(study, ep)
  relapse_antigens(d, relapsed, remission)
  if (any(!is.na(d$relapse_cd19[relapsed]))) relapse_by_antigen(study)
  relapse_course(study, d, relapsed)
  for (ep in eps) relapse_landmark(ep)
  relapse_monitoring(study, d)
  relapse_readings(study, eps)
}
put_incidence <- function(stem, ep, rows = TRUE, suffix = "", times = c(6, 12, 24)) {
  time <- ep$time[rows]; type <- ep$type[rows]
  # cmprsk gives the same estimate; its variance is another one.
  for (t in times) {
    r <- incidence_at(time, pmin(type, 2), t)
    if (!is.na(r$est) && any(type > 0)) {
      by_cmprsk <- timepoints(cuminc(time, pmin(type, 2), cencode = 0), t)$est
      mine <- grep(" 1$", rownames(by_cmprsk))
      stopifnot(!length(mine) || is.na(by_cmprsk[mine, 1]) || abs(by_cmprsk[mine, 1] - r$est) < 1e-12)
    }
    if (!is.na(r$est) && (r$est == 0 || abs(r$est - 1) < 1e-12)) r <- modifyList(r, certain_limits(time, type, t, r$est))
    put(sprintf("%s/%gm%s", stem, t, suffix), "survfit of a multi-state response", estimate = r$est,
        conf_low = r$low, conf_high = r$high, conf_level = 0.95, n = length(time), n_event = sum(type == 1))
  }
}
# None, or all, had the event: Clopper and Pearson's limit of the number of patients of whom it is known, which is the
# size of the risk set of Fine and Gray, the earlier events weighted by the chance of not being censored meanwhile.
certain_limits <- function(time, type, t, est) {
  until <- min(t, max(time))
  followed <- survfit(Surv(time, type == 0) ~ 1)
  G <- stepfun(followed$time, c(1, followed$surv), right = TRUE)
  earlier <- type > 0 & time < until
  bound <- 0.025^(1 / (sum(time >= until) + sum(G(until) / G(time[earlier]))))
  if (est == 0) list(low = 0, high = 1 - bound) else list(low = bound, high = 1)
}
relapse_compare <- function(study, ep, stem = "relapse") {
  fs <- known_factors(study$factors, ep$d)
  # cuminc names its tests by the code of the cause.
  tests <- lapply(fs, function(f) cuminc(ep$time, ep$type, group = droplevels(ep$d[[f]]), cencode = 0)$Tests["1", ])
  a <- adjusted(vapply(tests, function(t) t[["pv"]], 0))
  n <- length(ep$time); ne <- sum(ep$event)
  for (k in seq_along(fs)) {
    t <- tests[[k]]
    put(sprintf("%s/gray/%s/%s", stem, ep$name, fs[k]), "cuminc", statistic = t[["stat"]], df = t[["df"]], p_value = t[["pv"]],
        p_holm = a$holm[k], p_bh = a$bh[k], n = n, n_event = ne)
    relapse_ratios(ep, fs[k], stem)
  }
}
# A level without an event makes ratios infinite: all of them where it is the reference.
relapse_ratios <- function(ep, f, stem) {
  x <- model.matrix(as.formula(paste("~", f)), lapply(ep$d[f], droplevels))[, -1, drop = FALSE]
  events <- tapply(ep$event, droplevels(ep$d[[f]]), sum)
  n <- length(ep$time); ne <- sum(ep$event); terms <- term_names(f, ep$d)
  cox_terms(sprintf("%s/cause_specific/%s", stem, ep$name), ep, f)
  infinite <- any(events == 0)
  stopifnot(!infinite || length(events) == 2)
  g <- if (infinite) list(coef = NA, var = matrix(NA)) else
    crr(ep$time, ep$type, x, failcode = 1, cencode = 0, gtol = 1e-14, maxiter = 50)
  put_terms(sprintf("%s/fine_gray/%s", stem, ep$name), terms, g$coef, sqrt(diag(g$var)), n, ne, "crr", infinite)
  if (infinite) put_firth(sprintf("%s/cause_specific_firth/%s", stem, ep$name), terms,
                          firth_fit("cox", x, cbind(ep$time, ep$event)), seq_along(terms), n, ne)
}
# Relapse with both antigens positive or dim, with either negative, and of unknown status: each with its own incidence.
relapse_by_antigen <- function(study, stem = "relapse") {
  ep <- endpoint(study, "cir"); d <- ep$d
  present <- c("positive", "dim")
  status <- ifelse(d$relapse_cd19 %in% "negative" | d$relapse_cd22 %in% "negative", "negative",
                   ifelse(d$relapse_cd19 %in% present & d$relapse_cd22 %in% present, "positive", "unknown"))
  kinds <- lapply(c(positive = "positive", negative = "negative", unknown = "unknown"), function(s) {
    own <- ep$type == 1 & status == s
    modifyList(ep, list(name = paste0("cir_antigen_", s), event = own, type = ifelse(own, 1L, ifelse(ep$type > 0, 2L, 0L))))
  })
  for (kind in kinds) put_incidence(file.path(stem, kind$name), kind)
  # Factors are compared where there is a relapse of either kind.
  if (any(kinds$positive$event) && any(kinds$negative$event)) for (kind in kinds[c("positive", "negative")]) {
    for (f in known_factors(study$factors, d)) for (l in levels_in(d[[f]]))
      put_incidence(file.path(stem, kind$name), kind, d[[f]] %in% l, paste0("/", f, "/", l))
    relapse_compare(study, kind, stem)
  }
}
relapse_antigens <- function(d, relapsed, remission) {
  a19 <- d$relapse_cd19; a22 <- d$relapse_cd22; present <- c("positive", "dim")
  kept <- relapsed & a19 %in% present & a22 %in% present
  lost <- relapsed & (a19 %in% "negative" | a22 %in% "negative")
  states <- list(double_positive = kept, cd19_dim = relapsed & a19 %in% "dim", cd22_dim = relapsed & a22 %in% "dim",
                 cd19_negative = relapsed & a19 %in% "negative", cd22_negative = relapsed & a22 %in% "negative",
                 unknown = relapsed & !kept & !lost)
  recorded <- any(relapsed & (a19 %in% c(present, "negative") | a22 %in% c(present, "negative")))
  among <- list(` ` = rep(TRUE, nrow(d)), of_responders = remission, of_relapsed = relapsed)
  for (s in names(states)) for (g in names(among)) {
    id <- sub("/ $", "", sprintf("relapse/antigen/%s/%s", s, g)); n <- sum(among[[g]])
    if (recorded || s == "unknown") put_exact(id, sum(states[[s]] & among[[g]]), n)
    else put(id, "not recorded", estimate = NA, conf_low = NA, conf_high = NA, p_value = NA, n = n)
  }
  if (!recorded) return(put("relapse/antigen/escape", "not recorded", estimate = NA, conf_low = NA, conf_high = NA, p_value = NA, n = 0))
  x <- sum(lost); n <- sum(lost | kept); b <- binom.test(x, n, 0.3)
  put("relapse/antigen/escape", "binom.test(p = 0.3)", estimate = x / n, conf_low = b$conf.int[1], conf_high = b$conf.int[2],
      conf_level = 0.95, p_value = b$p.value, n = n, n_event = x)
  stopifnot(n == sum(relapsed))
}
relapse_course <- function(study, d, relapsed) {
  put_observed("relapse/time_to_relapse", ((d$relapse - d$response) / MONTH)[relapsed], n = sum(relapsed))
  put_observed("relapse/time_to_relapse/from_infusion", (d$relapse / MONTH)[relapsed], n = sum(relapsed))
  os <- endpoint(study, "os")
  after <- list(time = ((os$days - os$d$relapse) / MONTH)[relapsed], event = os$event[relapsed])
  put_curve("relapse/survival_after_relapse", after)
}
relapse_landmark <- function(ep) {
  later <- ep$time > 24
  at <- list(time = ep$time[later] - 24, type = ep$type[later])
  stem <- paste0("relapse/landmark/24m/", ep$name)
  put_incidence(stem, at, times = c(12, 24))
  h <- poisson.test(sum(at$type == 1), sum(at$time) / 12)
  put(paste0(stem, "/hazard"), "poisson.test", estimate = h$estimate, conf_low = h$conf.int[1], conf_high = h$conf.int[2],
      conf_level = 0.95, n = sum(later), n_event = sum(at$type == 1))
}
# The last value after infusion and before relapse, transplant and new therapy, of patients in remission.
relapse_monitoring <- function(study, d) {
  a <- study$assessments
  if (is.null(a)) return(invisible())
  p <- d[a$patient, ]
  before <- function(end) is.na(end) | a$day < end
  a$relapse <- p$relapse
  a <- a[p$best_response %in% CR & a$day >= 0 & before(p$relapse) & before(p$hsct) & before(p$new_therapy) & !is.na(a$value), ]
  for (assay in c("mrd", "b_cell", "car_transgene")) for (g in c("no_relapse", "relapse")) {
    own <- a[a$assay == assay & (g == "relapse") == !is.na(a$relapse), ]
    own <- own[order(own$patient, own$day), ]
    last <- own[!duplicated(own$patient, fromLast = TRUE), ]
    stem <- sprintf("relapse/monitoring/%s/%s", assay, g)
    put_observed(stem, last$value, n = nrow(last))
    if (g == "relapse") put(paste0(stem, "/days_before"), "median", estimate = median(last$relapse - last$day), n = nrow(last))
  }
}
relapse_readings <- function(study, eps) {
  for (ep in eps) for (t in c(6, 12, 24)) {
    r <- rate_at(km(ep$time, ep$event), t)
    put(sprintf("relapse/one_minus_km/%s/%gm", ep$name, t), "1 - summary(survfit, times)", estimate = 1 - r$s, conf_low = 1 - r$high,
        conf_high = 1 - r$low, conf_level = 0.95, n = length(ep$time), n_event = sum(ep$event))
  }
  for (how in c("ignore", if (any(!is.na(eps$cir$d$hsct))) c("censor", "competing")))
    for (ep in endpoints(study, c("cir", "nrm"), how)) put_incidence(sprintf("relapse/handling/%s/%s", how, ep$name), ep)
}
