"""Names that stand for signs, scores, operations and diseases, and so for no patient.

Reviewed 2026-11. Names that many people bear (Wilson, Murphy) are left out: a patient may be called so.
"""

from __future__ import annotations

EPONYMS: frozenset[str] = frozenset(
    """Addison Alvarado Alzheimer Apgar Ascher Balthazar Bassini Behcet Bergman Billroth Blatchford Blumberg
    Blumgart Boas Bochdalek Boerhaave Boey Borchardt Bouveret Bowen Boyden Breslow Buerger Burkitt Calot Cantlie
    Caprini Caroli Charcot Chiari Chvostek Clavien Cloquet Cockett Colles Couinaud Courvoisier Cowden Crohn Curling
    Cushing Deaver Dercum Desarda Dieulafoy Dindo Doppler Duhamel Dukes Dupuytren Ewing Fitz Fogarty Foley Forrest
    Fothergill Fournier Frey Gamgee Gerota Gilmore Glisson Goodpasture Goodsall Gram Grynfeltt Halsted Hartmann
    Hashimoto Hasselbach Heimlich Heineke Heister Heller Henoch Hesselbach Hinchey Hirschsprung Hodgkin Horner
    Howship Hurthle Kasabach Kasai Kehr Killian Klatskin Kocher Kraske Krukenberg Kuntz Ladd Lanz Laplace
    Lichtenstein Littre Lotheissen Ludwig Lugol Lynch Mackler Mallory Marjolin McBurney McEvedy McKeown McMurray
    McVay Meckel Meigs Meleney Menetrier Merkel Mikulicz Mirizzi Mohs Mondor Morgagni Morison Moynihan Munro Nissen
    Nyhus Oddi Ogilvie Orringer Paget Pancoast Peutz Peyronie Pfannenstiel Phalen Plummer Poupart Pringle Puestow
    Quervain Ramstedt Ranson Ravitch Raynaud Reye Richter Riedel Rigler Rives Rockall Roux Rovsing Santorini Scarpa
    Scherer Seldinger Sengstaken Shouldice Sjogren Soave Spigel Stoppa Sudeck Swenson Thiersch Toupet Treitz
    Trendelenburg Troisier Trousseau Valsalva Vater Veress Virchow Waldeyer Warthin Waterhouse Wharton Whipple
    Wilkie Wilms Wirsung Zenker Ziehl Zollinger""".split()
)
