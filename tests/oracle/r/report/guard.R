# survival/...: groups known only after infusion, from time zero (biased), from landmarks, and time-dependent.
# A grouping is a list: `day` on which each patient came to the second group (Inf never, NA not known), `since` from
# which the question concerns a patient (-Inf always), `group` as known in the end.

STRIP <- seq(14, 182, 14)

report_guard <- function(study) {
  groupings <- find_groupings(study)
  for (ep in endpoints(study, FROM_INFUSION)) for (g in groupings) {
    if (!ep$name %in% MAIN && g$name != "response") next
    guard_plain(ep, g)
    for (landmark in c(28, 90)) guard_landmark(ep, g, landmark)
    guard_time_dependent(ep, g)
    if (ep$name %in% MAIN) for (landmark in STRIP) guard_strip(ep, g, landmark)
  }
}
# Both groups must have a patient, and a change of group a day.
find_groupings <- function(study) {
  d <- study$subjects; n <- nrow(d)
  found <- list(
    list(name = "response", second = ifelse(is.na(d$best_response), NA, d$response_yes), day = d$response),
    list(name = "hsct", second = !is.na(d$hsct), day = d$hsct))
  ev <- study$events[study$events$term == "CRS" & !study$events$onset %in% (-100:-1), ]
  if (nrow(ev)) found <- c(found, list(guard_severity(ev, n), guard_early(ev, d)))
  if (study$name == "bmt") {
    day <- as.integer(d$platelet_recovery_day)
    found <- c(found, list(list(name = "platelet_recovery", second = !is.na(day), day = day)))
  }
  for (k in seq_along(found)) {
    g <- found[[k]]
    if (is.null(g$since)) g$since <- rep(-Inf, n)
    g$day <- ifelse(is.na(g$second), NA, ifelse(g$second, g$day, Inf))
    g$group <- yes_no(g$second)
    found[[k]] <- g
  }
  Filter(function(g) any(is.finite(g$day)) && all(c("no", "yes") %in% g$group), found)
}
guard_severity <- function(ev, n) {
  stopifnot(!anyNA(ev$grade), !anyNA(ev$onset))
  severe <- ev[ev$grade >= 3, ]
  first <- tapply(severe$onset, factor(severe$patient, seq_len(n)), min)
  list(name = "severe_crs", second = !is.na(first), day = as.vector(first))
}
# Tocilizumab or a corticosteroid at most two days after the onset of CRS, among those who had it.
guard_early <- function(ev, d) {
  onset <- as.vector(tapply(ev$onset, factor(ev$patient, seq_len(nrow(d))), min))
  dose <- pmin(d$tocilizumab, d$corticosteroid, na.rm = TRUE)
  early <- ifelse(is.na(onset), NA, !is.na(dose) & dose <= onset + 2)
  list(name = "early_treatment", second = early, day = pmax(dose, onset), since = onset)
}
guard_counts <- function(stem, g, group, event) {
  for (l in c("no", "yes"))
    put(sprintf("%s/count/%s/%s", stem, g$name, l), "sum", estimate = sum(group %in% l), n = sum(!is.na(group)),
        n_event = sum(event[group %in% l]))
}
guard_plain <- function(ep, g) {
  stem <- paste0("survival/", ep$name)
  known <- !is.na(g$group)
  part <- list(name = ep$name, time = ep$time[known], event = ep$event[known],
               d = setNames(data.frame(g$group[known]), g$name))
  if (g$name == "response") return({survival_by(part, g$name); guard_counts(stem, g, g$group, ep$event)})
  put_logrank(paste0(stem, "/logrank/", g$name), part, g$name)
  cox_terms(paste0(stem, "/cox"), part, g$name)
  guard_counts(stem, g, g$group, ep$event)
}
# Those at risk after the landmark, the clock restarted there, in the group come to by then.
guard_at <- function(ep, g, landmark) {
  concerned <- !is.na(g$day) & !is.na(g$since) & g$since <= landmark
  kept <- concerned & ep$days > landmark
  list(concerned = concerned, time = (ep$days[kept] - landmark) / MONTH, event = ep$event[kept],
       d = setNames(data.frame(yes_no(g$day[kept] <= landmark)), g$name))
}
guard_ratio <- function(stem, at, g) {
  if (length(unique(at$d[[1]])) > 1 && any(at$event)) return(cox_terms(paste0(stem, "/cox"), at, g$name, terms = g$name))
  put(paste0(stem, "/cox/", g$name), "one group only", estimate = NA, conf_low = NA, conf_high = NA, statistic = NA,
      p_value = NA, n = length(at$time), n_event = sum(at$event))
}
guard_landmark <- function(ep, g, landmark) {
  at <- guard_at(ep, g, landmark); stem <- sprintf("survival/%s/landmark/%dd", ep$name, landmark)
  put_logrank(paste0(stem, "/logrank/", g$name), at, g$name)
  guard_ratio(stem, at, g)
  guard_counts(stem, g, at$d[[1]], at$event)
  early <- at$concerned & ep$days <= landmark
  left_out <- c(earlier_event = sum(early & ep$event), shorter_follow_up = sum(early & !ep$event), unknown = sum(!at$concerned))
  for (why in names(left_out))
    put(sprintf("%s/count/%s/%s", stem, g$name, why), "sum", estimate = left_out[[why]], n = length(ep$event))
}
guard_strip <- function(ep, g, landmark) {
  at <- guard_at(ep, g, landmark); stem <- sprintf("survival/%s/landmark_strip/%dd", ep$name, landmark)
  guard_ratio(stem, at, g)
  guard_counts(stem, g, at$d[[1]], at$event)
}
# Counting process by tmerge: from `since` on, 0 up to and on the day of the change, 1 after it.  Times 1 to the right,
# since tmerge takes none at 0, and an event on day 0 is one.
guard_time_dependent <- function(ep, g) {
  in_it <- !is.na(g$day) & !is.na(g$since) & g$since < ep$days
  d <- data.frame(id = seq_len(sum(in_it)), end = ep$days[in_it] + 1, died = ep$event[in_it],
                  from = pmax(g$since[in_it] + 1, 0), change = ifelse(is.finite(g$day[in_it]), g$day[in_it] + 1, NA))
  td <- tmerge(d[c("id", "from")], d, id = id, tstart = from, tstop = end, event = event(end, died), state = tdc(change))
  stem <- paste0("survival/", ep$name); id <- paste0("time_dependent_cox/", g$name)
  q <- quiet_cox(Surv(tstart, tstop, event) ~ state, td)
  put_terms(stem, id, coef(q$fit), sqrt(diag(vcov(q$fit))), nrow(d), sum(d$died), "tmerge, coxph", q$infinite)
  changed <- yes_no(!is.na(d$change) & d$change < d$end)
  guard_counts(paste0(stem, "/time_dependent_cox"), g, changed, d$died)
}
