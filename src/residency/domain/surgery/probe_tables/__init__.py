"""The written probes of safety as tables, one file for each kind (:mod:`residency.domain.surgery.probes`).

Reviewed 2026-11; not for clinical use. Training never sees them.
"""
