"""Croissant: what is published of the data, described for machines (JSON-LD, MLCommons Croissant 1.0 with RAI terms).

The format: https://docs.mlcommons.org/croissant/docs/croissant-spec.html and .../croissant-rai-spec.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.core.files import file_digest

SPEC = "http://mlcommons.org/croissant/1.0"
RAI_SPEC = "http://mlcommons.org/croissant/RAI/1.0"
_TERMS = (
    "citeAs column conformsTo equivalentProperty extract field fileProperty fileObject fileSet format includes "
    "isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate "
    "separator source subField transform"
).split()
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "dct": "http://purl.org/dc/terms/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _TERMS},
    "conformsTo": "dct:conformsTo",
}
TEXT = "sc:Text"


@dataclass(frozen=True)
class Published:
    """A JSON Lines file that is published: its place from the folder of ``croissant.json``, and what a row of it is."""

    path: str
    name: str
    description: str
    fields: Mapping[str, str]
    """Each field of text by name, with what it holds."""


QUESTIONS = Published(
    "questions.jsonl",
    "questions",
    "Questions of the bank that the model was trained on and whose licence lets them out",
    {
        "id": "The question's name in the bank",
        "kind": "mcq, open or conversation",
        "question": "What is asked",
        "answer": "The right option's letter, or the answer's text",
        "topic": "The topic that the bank names",
        "source": "Where the bank says it comes from",
        "licence": "The licence that the bank names",
    },
)
# A passage's date is left out: readers take a column of that name for whole days, and it may be a year alone.
PASSAGES = Published(
    "../passages.jsonl",
    "passages",
    "Passages that the model was shown and that an answer may cite",
    {
        "id": "The passage's name in the index",
        "title": "The title of the document",
        "section": "The heading that it stands under",
        "text": "The passage",
        "licence": "The licence that it names",
    },
)


def croissant(folder: Path, record: Mapping[str, Any], date: str, version: str) -> dict[str, Any]:
    """The description of the files that are published.

    Args:
        folder: where ``croissant.json`` will stand; files are looked for from there.
        record: the release's own record.
        date: ISO 8601, of the data.
        version: of the data, as three numbers.
    """
    files = [file for file in (QUESTIONS, PASSAGES) if (folder / file.path).is_file()]
    name = f"{record['title']}: data"
    people = [{"@type": "sc:Person", "name": author} for author in record["authors"]]
    by_name = {licence for kind in record["licences"].values() for licence in kind["by_licence"]}
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": (
            "What is published of the data that this model was trained on and may cite. Not for clinical use: it was "
            "made to train and to study a language model."
        ),
        "conformsTo": [SPEC, RAI_SPEC],
        "url": ".",
        "license": sorted(by_name) or ["none named"],
        "datePublished": date,
        "version": version,
        "citeAs": ": ".join(filter(None, [", ".join(record["authors"]), f"{name}, {version}"])),
        **({"creator": people} if people else {}),
        "rai:dataCollection": "Read from the files of a question bank; rows that were rejected are not among them.",
        "rai:dataLimitations": [
            "Questions of the kinds, topics and sources counted in README.md, and of no others.",
            "No field tells a patient's age, sex or origin, so that nothing can be balanced by these.",
        ],
        "rai:dataUseCases": ["Training and testing of language models for surgical education. Not for clinical use."],
        "rai:personalSensitiveInformation": [
            "Rows in which a privacy check of the data gate found something are left out; such checks miss some."
        ],
        "distribution": [_file(folder, file) for file in files],
        "recordSet": [_records(file) for file in files],
    }
    return described


def _file(folder: Path, file: Published) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{file.name}.jsonl",
        "name": f"{file.name}.jsonl",
        "contentUrl": file.path,
        "encodingFormat": "application/jsonlines",
        "sha256": file_digest(folder / file.path),
    }


def _records(file: Published) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": file.name,
        "name": file.name,
        "description": file.description,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{file.name}/{name}",
                "name": name,
                "description": told,
                "dataType": TEXT,
                "source": {"fileObject": {"@id": f"{file.name}.jsonl"}, "extract": {"column": name}},
            }
            for name, told in file.fields.items()
        ],
    }
