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
    none <- is.na(r$est) || r$est == 0
    put(sprintf("%s/%gm%s", stem, t, suffix), "survfit of a multi-state response", estimate = r$est,
        conf_low = if (none) NA else r$low, conf_high = if (none) NA else r$high, conf_level = 0.95, n = length(time), n_event = sum(type == 1))
  }
}
relapse_compare <- function(study, ep) {
  fs <- known_factors(study$factors, ep$d)
  # cuminc names its tests by the code of the cause.
  tests <- lapply(fs, function(f) cuminc(ep$time, ep$type, group = droplevels(ep$d[[f]]), cencode = 0)$Tests["1", ])
  a <- adjusted(vapply(tests, function(t) t[["pv"]], 0))
  n <- length(ep$time); ne <- sum(ep$event)
  for (k in seq_along(fs)) {
    t <- tests[[k]]
    put(sprintf("relapse/gray/%s/%s", ep$name, fs[k]), "cuminc", statistic = t[["stat"]], df = t[["df"]], p_value = t[["pv"]],
        p_holm = a$holm[k], p_bh = a$bh[k], n = n, n_event = ne)
    cox_terms(paste0("relapse/cause_specific/", ep$name), ep, fs[k])
    if (ep$name == "cir") {
      x <- model.matrix(as.formula(paste("~", fs[k])), lapply(ep$d[fs[k]], droplevels))[, -1, drop = FALSE]
      g <- crr(ep$time, ep$type, x, failcode = 1, cencode = 0, gtol = 1e-14, maxiter = 50)
      put_terms("relapse/fine_gray/cir", term_names(fs[k], ep$d), g$coef, sqrt(diag(g$var)), n, ne, "crr")
    }
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
