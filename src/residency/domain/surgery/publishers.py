"""Domains whose pages a search of the web may cite: publishers of guidance, and libraries of papers.

Reviewed 2026-11. Publishers whose texts a surgeon may read without an account; that a page stands there does not make
it right or current.
"""

from __future__ import annotations

DOMAINS: tuple[str, ...] = (
    # governments and their institutes
    *("nice.org.uk", "nhs.uk", "gov.uk", "sign.ac.uk", "who.int", "cdc.gov", "nih.gov", "cancer.gov", "fda.gov"),
    *("ema.europa.eu", "ecdc.europa.eu", "uspreventiveservicestaskforce.org", "canada.ca", "health.gov.au"),
    # colleges and societies
    *("rcseng.ac.uk", "rcsed.ac.uk", "facs.org", "surgeons.org", "asgbi.org.uk", "acpgbi.org.uk", "augis.org"),
    *("wses.org.uk", "eras.org", "erassociety.org", "escp.eu.com", "esvs.org", "sages.org", "fascrs.org", "aast.org"),
    *("east.org", "uroweb.org", "auanet.org", "baus.org.uk", "bsg.org.uk", "esge.com", "gi.org", "aasld.org"),
    *("easl.eu", "btf-thyroid.org", "thyroid.org", "endocrine.org", "anaesthetists.org", "rcoa.ac.uk", "asahq.org"),
    *("rcog.org.uk", "acog.org", "boa.ac.uk", "aaos.org", "brit-thoracic.org.uk", "escardio.org", "idsociety.org"),
    *("resus.org.uk", "sccm.org", "survivingsepsis.org", "transfusionguidelines.org", "b-s-h.org.uk"),
    # open libraries
    *("cochrane.org", "cochranelibrary.com", "wjes.biomedcentral.com", "plos.org"),
)
