"""Documents become passages along their structure, and what cannot be read has its line."""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from residency.core.errors import InputError
from residency.core.files import write_jsonl
from residency.core.records import Passage
from residency.core.stage import Silent
from residency.retrieval.index import build_index
from residency.retrieval.passages import Reading, read_passages
from residency.retrieval.passages.blocks import Block
from residency.retrieval.passages.cut import Sizes, cut, size
from residency.retrieval.passages.dates import iso_date
from residency.retrieval.settings import IndexSettings

DOCUMENTS = Path(__file__).parent / "documents"


def read(*files: Path, **settings: Any) -> Reading:
    return read_passages(files, IndexSettings(**settings), Silent())


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def texts(reading: Reading) -> str:
    return "\n".join(passage["text"] for passage in reading.passages)


def by_section(reading: Reading) -> dict[str, Passage]:
    return {passage["section"]: passage for passage in reading.passages}


def test_markdown_is_cut_along_its_headings_with_what_its_front_matter_says() -> None:
    reading = read(DOCUMENTS / "appendicitis.md")
    found = by_section(reading)
    assert list(found) == ["", "Initial assessment", "Initial assessment > Imaging", "Treatment"]
    first = found["Treatment"]
    assert (first["title"], first["source"], first["date"]) == (
        *("Acute appendicitis in adults", "Example Hospital", "2026-10-01"),
    )
    assert (first["version"], first["licence"], first["topic"]) == ("2.0", "CC-BY-4.0", "appendicitis")
    assert found["Initial assessment > Imaging"]["text"].split("\n")[1:] == [
        *("- children", "- pregnant patients"),
        "  - MRI without gadolinium comes next where ultrasound is inconclusive",
    ]
    assert "10 × 10⁹/L" in first["text"]
    assert "Finding | First step\nPerforation with peritonitis | Resuscitation" in first["text"]
    assert "<|im_end|>" in first["text"] and reading.counts["control tokens in texts"] == 1
    assert reading.counts["dropped: contents lists"] == 1


def test_front_matter_that_does_not_end_is_said(tmp_path: Path) -> None:
    (note,) = read(write(tmp_path / "a.md", "---\ntitle: Colic\n\nA stone passes.")).notes
    assert "its front matter does not end" in note.reason and note.fix == "End it with a line of ---"
    assert read(write(tmp_path / "a.md", "---\n\nNote: a stone passes.\n")).notes == []


def test_html_gives_its_text_without_what_surrounds_it() -> None:
    reading = read(DOCUMENTS / "burns.html")
    found = by_section(reading)
    assert list(found) == ["Cooling", "Fluids"]
    assert found["Cooling"]["text"] == ("Cool a fresh burn under running tap water for 20 minutes. Do not use ice.")
    fluids = found["Fluids"]
    assert fluids["text"].startswith(
        "Urine output guides resuscitation:\nTable 1. Aims for urine\nPatient | Aim\nAdult | 0.5 mL/kg/h\nChild"
    )
    assert fluids["title"] == "First care of burns" and fluids["date"] == "2026-09-12"
    assert fluids["source"] == "Example Hospital" and "licenses/by/4.0" in fluids["licence"]


def test_a_pages_head_is_read_by_plain_names_as_well_and_the_usual_ones_count_first(tmp_path: Path) -> None:
    page = """<title>Hernia | Site</title><meta name="title" content="Another"><meta name="date" content="2023-02-11">
    <meta name="publisher" content="Hernia Group"><meta name="license" content="CC-BY-4.0"><h1>Hernia</h1>
    <p>Mesh.</p>"""
    (found,) = read(write(tmp_path / "a.html", page)).passages
    said = (found["title"], found["date"], found["source"], found["licence"])
    assert said == ("Hernia", "2023-02-11", "Hernia Group", "CC-BY-4.0")
    (found,) = read(write(tmp_path / "a.html", f'{page}<meta name="dcterms.modified" content="2024-05">')).passages
    assert found["date"] == "2024-05"


def test_a_cell_over_several_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    page = "<table><tr><th>Group<th>Dose<tr><td rowspan=2>Adults<td>5 mg<tr><td>10 mg</table>"
    assert texts(read(write(tmp_path / "a.html", page))) == "Group | Dose\nAdults | 5 mg\nAdults | 10 mg"


def test_plain_text_has_headings_lists_and_what_it_says_of_itself() -> None:
    reading = read(DOCUMENTS / "hernia.txt")
    passages = reading.passages
    assert "lateral to the pubic tubercle. It strangulates early" in texts(reading)
    assert passages[0]["title"] == "GROIN HERNIA"
    assert {passage.get("superseded_by") for passage in passages} == {"yes"}
    assert reading.counts["superseded, declared"] == 1
    assert passages[-1]["section"] == "1.1 Red flags" and "\n- vomiting" in passages[-1]["text"]


def guideline(path: Path, encrypted: bool = False, pages: int = 3) -> Path:
    """A PDF in two columns with headers, page numbers and a word broken at a line's end."""
    options = {"encrypt": StandardEncryption("secret")} if encrypted else {}
    canvas = Canvas(str(path), pagesize=(595, 842), **options)
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 810, "Guideline of Example Hospital")
        canvas.drawString(290, 20, f"Page {page} of {pages}")
        if page == 1:
            canvas.setFont("Helvetica-Bold", 20)
            canvas.drawString(60, 760, "Care of wounds")
        for x, half in ((60, "left"), (310, "right")):
            canvas.setFont("Helvetica-Bold", 13)
            canvas.drawString(x, 720, f"{page} Section on the {half}")
            canvas.setFont("Helvetica", 10)
            for row, line in enumerate(
                (
                    "Clean the wound with water at once and do not delay manage-",
                    f"ment in group {page} {half}. Cover it after-",
                )
            ):
                canvas.drawString(x, 700 - 12 * row, line[:48])
            canvas.drawString(x, 676, "wards with a plain dressing.")
        canvas.showPage()
    canvas.save()
    return path


def test_a_pdf_in_columns_is_read_column_by_column(tmp_path: Path) -> None:
    reading = read(guideline(tmp_path / "wounds.pdf"))
    assert [passage["section"] for passage in reading.passages] == [
        f"{page} Section on the {half}" for page in (1, 2, 3) for half in ("left", "right")
    ]
    assert reading.passages[0]["title"] == "Care of wounds" and reading.passages[0]["date"] == ""
    assert "Example Hospital" not in texts(reading) and "Page 1" not in texts(reading)
    assert "plain dressing" in texts(reading)


def test_a_word_broken_at_a_lines_end_is_whole_again_and_a_compound_keeps_its_hyphen(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for row, line in enumerate(
        ("A well-known rule: start manage-", "ment early, and use the well-", "known dose at 5 mg per day.")
    ):
        canvas.drawString(60, 700 - 14 * row, line)
    canvas.save()
    text = texts(read(tmp_path / "a.pdf"))
    assert "start management early, and use the well-known dose" in text


def test_a_table_in_a_pdf_keeps_its_rows(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for row, cells in enumerate((("Drug", "Dose"), ("Cefazolin", "2 g"), ("Metronidazole", "500 mg"))):
        for column, cell in enumerate(cells):
            canvas.drawString(60 + 200 * column, 700 - 14 * row, cell)
    canvas.save()
    assert texts(read(tmp_path / "a.pdf")) == "Drug | Dose\nCefazolin | 2 g\nMetronidazole | 500 mg"


def test_a_pdf_written_across_its_columns_is_read_one_column_after_the_other(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    for row in range(12):
        canvas.drawString(60, 700 - 12 * row, f"left {row:02} of a column that is as wide as this,")
        canvas.drawString(320, 700 - 12 * row, f"right {row:02} of a column that is as wide as this,")
    canvas.save()
    text = texts(read(tmp_path / "a.pdf"))
    assert [word for word in text.split() if word in ("left", "right")] == ["left"] * 12 + ["right"] * 12


def test_lines_spread_to_a_columns_width_are_no_table(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for row, places in enumerate((((60, "Early"), (110, "surgery"), (190, "is")), ((60, "safe"), (140, "and short")))):
        for x, word in places:
            canvas.drawString(x, 700 - 14 * row, word)
    canvas.save()
    assert texts(read(tmp_path / "a.pdf")) == "Early surgery is safe and short"


def test_a_raised_figure_in_a_pdf_stays_raised(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    line = canvas.beginText(60, 700)
    line.setFont("Helvetica", 12)
    line.textOut("Platelets above 50 x 10")
    line.setFont("Helvetica", 8)
    line.setRise(4)
    line.textOut("9")
    line.setFont("Helvetica", 12)
    line.setRise(0)
    line.textOut("/L are enough.")
    canvas.drawText(line)
    canvas.save()
    assert texts(read(tmp_path / "a.pdf")) == "Platelets above 50 x 10⁹/L are enough."


def test_each_file_that_cannot_be_read_has_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    guideline(tmp_path / "locked.pdf", encrypted=True)
    scan = Canvas(str(tmp_path / "scan.pdf"))
    scan.rect(10, 10, 500, 700, fill=1)
    scan.save()
    write(tmp_path / "broken.pdf", (tmp_path / "scan.pdf").read_bytes()[:40])
    write(tmp_path / "empty.md", b"")
    write(tmp_path / "rubbish.txt", bytes(range(256)) * 20)
    write(tmp_path / "latin.txt", "Ödem".encode("latin-1"))
    write(tmp_path / "table.parquet", b"PAR1 no")
    write(tmp_path / "letter.docx", b"PK")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    write(tmp_path / "good.txt", "\ufeffﬁrst care of a burn is water.")
    write(tmp_path / "wide.txt", "Water for burns of all kinds.".encode("utf-16"))
    reading = read(tmp_path)
    lines = {Path(one.file).name: one.reason for one in reading.skipped}
    assert len(lines) == len(reading.skipped) == 10
    for name, part in {
        "locked.pdf": "encrypted",
        "scan.pdf": "no text layer",
        "broken.pdf": "broken PDF",
        "empty.md": "empty file",
        "latin.txt": "not UTF-8",
        "table.parquet": "not a whole Parquet file",
        "letter.docx": "'.docx' are not read",
        "loop": "link to a folder",
        "gone.md": "cannot be read",
    }.items():
        assert part in lines[name], (name, lines[name])
    assert [passage["text"] for passage in reading.passages] == [
        *("first care of a burn is water.", "Water for burns of all kinds."),
    ]


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read(tmp_path / "none.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_has_its_line(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "Mesh.").chmod(0)
    assert "cannot be read" in read(tmp_path).skipped[0].reason


def test_an_index_among_the_documents_is_not_read(tmp_path: Path) -> None:
    guide = write(tmp_path / "guide.md", "# Prophylaxis\n\nCefazolin 2 g is given.")
    for folder in (tmp_path / "index", tmp_path):
        build_index(folder, read(tmp_path).passages, IndexSettings(embeddings="none"))
    write(guide, "# Prophylaxis\n\nCefazolin 1 g is given.")  # the index still holds the dose that was wrong
    for broken_off in (False, True):
        if broken_off:
            (tmp_path / "index" / "index.json").unlink()
        reading = read(tmp_path)
        assert texts(reading) == "Cefazolin 1 g is given."
        lines = [str(one) for one in reading.skipped]
        assert len(lines) == 2 and all("an index, which is not read. Name its passages.jsonl" in line for line in lines)
    assert texts(read(tmp_path / "index" / "passages.jsonl")) == "Cefazolin 2 g is given."


def test_rows_of_all_formats_give_the_same_passages(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "title": "Burns", "text": "Water, at once."},
        {"id": "b", "title": "Mesh", "text": "Net; tension-free."},
    ]
    write_jsonl(tmp_path / "one.jsonl", rows)
    with (tmp_path / "two.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, ["id", "title", "text"])
        writer.writeheader()
        writer.writerows(rows)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "three.parquet")
    one, two, three = (
        [(p["id"], p["title"], p["text"]) for p in read(tmp_path / name).passages]
        for name in ("one.jsonl", "two.csv", "three.parquet")
    )
    assert one == two == three == [("a", "Burns", "Water, at once."), ("b", "Mesh", "Net; tension-free.")]


def test_broken_lines_and_ids_used_twice_are_said(tmp_path: Path) -> None:
    lines = ['{"id": "a", "text": "Mesh."}', "{broken", '{"id": "a", "text": "Net."}', '{"id": "a", "text": "Mesh."}']
    reading = read(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [passage["text"] for passage in reading.passages] == ["Mesh.", "Net."]
    assert reading.passages[0]["id"] == "a" and reading.passages[1]["id"].startswith("a-")
    assert reading.skipped[0].file.endswith("a.jsonl:2") and "not valid JSON" in reading.skipped[0].reason
    assert "the same text as the passage 'a'" in reading.skipped[1].reason
    assert "is taken by another passage" in reading.notes[0].reason


def test_a_quotation_mark_that_is_not_closed_is_said_and_one_in_a_text_is_no_fault(tmp_path: Path) -> None:
    rows = 'id,text\n1,"Mesh,\nfor hernias"\n2,A 5" tube\n3,"Cefazolin 2 g\n4,Heparin\n5,Drains\n'
    reading = read(write(tmp_path / "rows.csv", rows))
    assert [passage["id"] for passage in reading.passages] == ["1", "2"]
    (line,) = reading.skipped
    assert line.file.endswith("rows.csv:5") and "is not closed" in line.reason and line.fix == "Close it"


def test_short_texts_that_agree_under_other_headings_are_not_duplicates(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "# Dose\n\n## Adults\n\nGive 5 mg.\n\n## Children\n\nGive 5 mg.\n")
    assert len(read(tmp_path).passages) == 2


def test_sources_csv_says_what_documents_do_not(tmp_path: Path) -> None:
    shutil.copy(DOCUMENTS / "burns.html", tmp_path)
    shutil.copy(DOCUMENTS / "hernia.txt", tmp_path)
    write(
        tmp_path / "sources.csv",
        "file,title,date,superseded_by,colour\nburns.html,Burns,May 2025,,red\nhernia.txt,,soon,no,\nnone.md,,,,\n",
    )
    reading = read(tmp_path)
    burns = next(p for p in reading.passages if p["document"] == "burns")
    hernia = next(p for p in reading.passages if p["document"] == "hernia")
    assert burns["title"] == "Burns" and burns["date"] == "2025-05" and burns["source"] == "Example Hospital"
    assert hernia.get("superseded_by") == ""  # the user says that it is current
    said = " ".join(map(str, reading.notes))
    assert "unknown column 'colour'" in said and "names 'none.md', which is not there" in said and "'soon'" in said


def edition(title: str, date: str, source: str = "WSES", more: str = "") -> str:
    return f"---\ntitle: {title}\nsource: {source}\ndate: {date}\n{more}---\n\nText of {date} on {title}.\n"


def test_the_older_of_two_editions_is_superseded_by_the_newer(tmp_path: Path) -> None:
    write(tmp_path / "old.md", edition("Appendicitis guidelines", "2016"))
    write(tmp_path / "new.md", edition("Appendicitis guidelines: 2020 update", "2020-04"))
    write(tmp_path / "other.md", edition("Appendicitis guidelines", "2010", "EAES"))
    reading = read(tmp_path)
    marks = {passage["document"]: passage.get("superseded_by") for passage in reading.passages}
    assert marks == {"old": "new", "new": "", "other": ""}
    assert reading.counts["superseded, inferred"] == 1


@pytest.mark.parametrize("dates", [("2024", "2024-03"), ("2024", "2024"), ("", "2024")])
def test_editions_that_cannot_be_told_apart_are_both_current(tmp_path: Path, dates: tuple[str, str]) -> None:
    for name, date in zip("ab", dates, strict=True):
        write(tmp_path / f"{name}.md", edition("Burns", date) + f"\nMore of {name}.\n")
    assert {passage.get("superseded_by") for passage in read(tmp_path).passages} == {""}


@pytest.mark.parametrize(
    ("sentence", "mark"),
    [
        ("This guideline has been replaced by Burns 2025.", "Burns 2025"),
        ("WITHDRAWN", "yes"),
        ("This guideline replaces the edition of 2016.", ""),
        ("This guideline has not been withdrawn.", ""),
        ("Silver sulfadiazine has been replaced by other dressings.", ""),
    ],
)
def test_only_a_document_that_says_so_of_itself_is_no_longer_current(tmp_path: Path, sentence: str, mark: str) -> None:
    reading = read(write(tmp_path / "a.md", f"# Burns\n\n{sentence}\n\nCool the burn.\n"))
    assert {passage.get("superseded_by") for passage in reading.passages} == {mark}


@pytest.mark.parametrize(
    ("text", "date", "understood"),
    [
        *(("2024-05-31T10:00:00Z", "2024-05-31", True), ("31 May 2024", "2024-05-31", True)),
        *(("May 31st, 2024", "2024-05-31", True), ("Sept 2023", "2023-09", True), ("2021", "2021", True)),
        *(("31/05/2024", "2024-05-31", True), ("03/04/2024", "2024", False), ("05/31/2024", "2024-05-31", True)),
        *(("2024-13-45", "2024", False), ("spring 2024", "2024", False), ("soon", "", False), ("", "", True)),
    ],
)
def test_dates_are_iso_as_far_as_they_are_certain(text: str, date: str, understood: bool) -> None:
    assert iso_date(text) == (date, understood)


def test_ids_stay_when_the_document_changes_elsewhere(tmp_path: Path) -> None:
    before = {
        p["text"]: p["id"] for p in read(write(tmp_path / "a.md", "# A\n\n## B\n\nOne.\n\n## C\n\nTwo.\n")).passages
    }
    after = read(write(tmp_path / "a.md", "# A\n\n## B\n\nOne more.\n\n## C\n\nTwo.\n")).passages
    assert next(p["id"] for p in after if p["text"] == "Two.") == before["Two."]
    assert len({p["id"] for p in after} | {*before.values()}) == 3


def test_a_text_of_a_megabyte_is_cut_in_time_that_grows_with_its_length(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "e.g. " * 200_000)
    write(tmp_path / "b.txt", "x" * 1_000_000)
    write(tmp_path / "c.jsonl", json.dumps({"id": "c", "text": "No. " * 250_000}))
    start = time.perf_counter()
    reading = read(tmp_path)
    assert time.perf_counter() - start < 30  # quadratic, it would take many minutes
    assert max(size(passage["text"]) for passage in reading.passages) <= 250


def test_settings_that_contradict_each_other_are_refused() -> None:
    assert IndexSettings(target_words=300).problems() and not IndexSettings().problems()


WORDS = st.text("abc.:XY", min_size=1, max_size=9) | st.just("x" * 1000)
LINE = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
BLOCKS = st.lists(
    st.builds(lambda line: Block("text", (line,)), LINE)
    | st.builds(
        lambda lines: Block("list", tuple(f"- {line}" for line in lines)), st.lists(LINE, min_size=1, max_size=6)
    )
    | st.builds(
        lambda number, level: Block("heading", (f"Heading {number}",), level=level),
        st.integers(0, 99),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(BLOCKS, st.integers(10, 40))
def test_the_cutter_loses_nothing_keeps_the_order_and_the_maximum(blocks: list[Block], target: int) -> None:
    sizes = Sizes(target, target * 2)
    pieces = cut(blocks, sizes)
    assert all(size(piece.text) <= sizes.maximum and "\n\n" not in piece.text for piece in pieces)
    left = iter("".join(word for piece in pieces for word in piece.text.split()))
    wanted = "".join(
        word for block in blocks if block.kind != "heading" for line in block.lines for word in line.split()
    )
    assert all(letter in left for letter in wanted)  # all letters, in order; what introduces a list may be repeated
    said = {word for block in blocks for line in block.lines for word in line.split()}
    assert all(word in said or any(word in whole for whole in said) for piece in pieces for word in piece.text.split())
    headings = [block.lines[0] for block in blocks if block.kind == "heading"]
    assert {*headings} == {
        name for piece in pieces for name in (*piece.section, piece.text) if name in headings
    } or all(
        any(heading in (*piece.section, *piece.text.split("\n")) or heading in piece.text for piece in pieces)
        for heading in headings
    )


@given(st.integers(1, 80), st.integers(20, 60))
def test_every_part_of_a_table_has_its_header_and_whole_rows(rows: int, target: int) -> None:
    lines = ("Drug | Dose", *(f"drug{number} | {number} mg" for number in range(rows)))
    pieces = cut([Block("text", ("Doses of drugs:",)), Block("table", lines, head=1)], Sizes(target, target * 2))
    assert all(piece.text.startswith("Doses of drugs:\nDrug | Dose\ndrug") for piece in pieces)
    assert [line for piece in pieces for line in piece.text.split("\n")[2:]] == [*lines[1:]]
