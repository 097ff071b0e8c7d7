"""Cohort studies of CAR-T therapy: from data files to rendered report sections.

Data files become a validated study (`cartcohort.study`), the study becomes endpoints, endpoints become
estimates (`cartcohort.estimate`), estimates become tables, figures and sentences (`cartcohort.present`), a
notebook lines those up, and `cartcohort.render` turns notebooks into HTML. Nothing flows back.
"""
