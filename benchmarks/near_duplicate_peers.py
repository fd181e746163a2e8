"""One peer finds the near-duplicates among texts, in its own environment (``environments.NEAR_DUPLICATE_PEERS``).

    python near_duplicate_peers.py PEER TEXTS.jsonl OUT.json --threshold 0.35 [--planted PAIRS.json]

TEXTS.jsonl holds one JSON string a line; a text is named by its line, from 0. Near-duplicates are texts whose sets of
word 3-grams have a Jaccard similarity of at least the threshold. semhash knows no such similarity: given the pairs that
were planted, ``[[i, j], ...]``, it is run at each of :data:`SIMILARITIES` and reported at the one that serves it best.

OUT.json holds ``seconds`` (from texts in memory to pairs: no imports, no loading of a model, no reading of the file),
``peer_version``, ``settings``, and what was found: ``pairs``, or ``groups`` of texts of which the first is kept.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

SHINGLE = 3
PERMUTATIONS = 128
WORD = re.compile(r"[^\W_]+")
# Cosine similarities tried for semhash, and the one used where no planted pairs are given: the best over texts made of
# MedQuAD's sentences. Low ones take long, so that none is tried once F1 has fallen below this share of the best.
SIMILARITIES = (0.95, 0.925, 0.9, 0.875, 0.85, 0.825, 0.8, 0.75, 0.7)
SIMILARITY = 0.85
FALLEN = 0.98

Pairs = Sequence[Sequence[int]]
Found = dict[str, Any]


def words(text: str) -> list[str]:
    """The runs of letters and digits of a text, in lower case."""
    return WORD.findall(text.lower())


def shingles(text: str) -> set[str]:
    """The word 3-grams of a text; fewer words than three are one, none are none."""
    found = words(text)
    return {
        " ".join(found[start : start + SHINGLE]) for start in range(max(len(found) - SHINGLE + 1, min(1, len(found))))
    }


def jaccard(one: set[Any], other: set[Any]) -> float:
    """The Jaccard similarity of two sets; 0 where both are empty."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def datasketch(texts: Sequence[str], threshold: float, planted: Pairs) -> Found:
    """MinHash LSH, filtered by the sets' own similarity as its documentation has it for exact results, with a faster
    hash than its default. A text is looked up before it is put in, so that each pair is seen once."""
    from datasketch import MinHash, MinHashLSH
    from xxhash import xxh32_intdigest

    begin = perf_counter()
    sets = [{one.encode() for one in shingles(text)} for text in texts]
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    pairs: list[tuple[int, int]] = []
    signatures = MinHash.generator(sets, num_perm=PERMUTATIONS, hashfunc=xxh32_intdigest)
    for row, signature in enumerate(signatures):
        pairs += [(at, row) for at in index.query(signature) if jaccard(sets[at], sets[row]) >= threshold]
        index.insert(row, signature)
    seconds = perf_counter() - begin
    settings = {
        "shingle": SHINGLE,
        "hashfunc": "xxh32",
        "num_perm": PERMUTATIONS,
        "bands": index.b,
        "rows": index.r,
        "filter": "exact Jaccard similarity",
    }
    return {"seconds": seconds, "settings": settings, "pairs": pairs}


def text_dedup(texts: Sequence[str], threshold: float, planted: Pairs) -> Found:
    """The MinHash script, through its command line, with its defaults but for what names the job.

    It splits at every single character that is no letter, so that two spaces make a word of nothing: it is given the
    words alone. It reads and writes data sets on disk, which is part of using it.
    """
    import datasets
    from text_dedup import minhash
    from text_dedup.utils import optimal_param

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        begin = perf_counter()
        rows = datasets.Dataset.from_dict({"text": [" ".join(words(text)) for text in texts]})
        rows.save_to_disk(f"{folder}/texts")
        options = {
            "path": f"{folder}/texts",
            "output": f"{folder}/kept",
            "column": "text",
            "ngram": SHINGLE,
            "min_length": 1,
            "threshold": threshold,
            "hash_func": "xxh3",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        minhash.main.main(["--local", *arguments], standalone_mode=False)
        groups: dict[int, list[int]] = {}
        for row in minhash.uf.parent:
            kept = minhash.uf.find(row)
            groups.setdefault(kept, [kept])
            if row != kept:
                groups[kept].append(row)
        seconds = perf_counter() - begin
    permutations = next(option.default for option in minhash.main.params if option.name == "num_perm")
    bands, band_rows = optimal_param(threshold, permutations)
    settings = {"shingle": SHINGLE, "hashfunc": "xxh3", "num_perm": permutations, "bands": bands, "rows": band_rows}
    return {"seconds": seconds, "settings": settings, "groups": [one for one in groups.values() if len(one) > 1]}


def semhash(texts: Sequence[str], threshold: float, planted: Pairs) -> Found:
    """Embeddings by a static model and their nearest neighbours, as in the documentation's first example, but for a
    model that a package ships instead of one from a hub."""
    from semhash import SemHash

    model = _wordllama()
    begin = perf_counter()
    records = [{"text": text, "row": row} for row, text in enumerate(texts)]
    index = SemHash.from_records(records, columns=["text"], model=model)
    built = perf_counter() - begin
    tried: list[tuple[dict[str, float], Found]] = []
    for similarity in SIMILARITIES if planted else (SIMILARITY,):
        begin = perf_counter()
        groups: dict[int, list[int]] = {}
        for one in index.self_deduplicate(threshold=similarity).filtered:
            kept = one.duplicate_of["row"]
            groups.setdefault(kept, [kept]).append(one.record["row"])
        seconds = built + perf_counter() - begin
        score = _score(texts, groups.values(), threshold, planted)
        tried.append(({"similarity": similarity, **score}, {"seconds": seconds, "groups": [*groups.values()]}))
        best, found = max(tried, key=lambda one: one[0]["f1"])
        if score["f1"] < FALLEN * best["f1"]:
            break
    settings: Found = {
        "encoder": f"model2vec {version('model2vec')} with the static embeddings of wordllama {version('wordllama')}, "
        f"{model.dim} dimensions; semhash's own default comes from a hub",
        "similarity": best["similarity"],
    }
    if planted:
        settings["sweep"] = [score for score, _ in tried]
    return {**found, "settings": settings}


def _wordllama() -> Any:
    """The embeddings of wordllama's 32,000 tokens as a model of model2vec, without running wordllama's code."""
    from model2vec import StaticModel
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    spec = importlib.util.find_spec("wordllama")
    assert spec and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    weights = load_file(folder / "weights" / "l2_supercat_256.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    return StaticModel(weights["embedding.weight"].astype("float32"), tokenizer, normalize=True)


def _score(texts: Sequence[str], groups: Iterable[Sequence[int]], threshold: float, planted: Pairs) -> dict[str, float]:
    """Recall over planted pairs, precision as the share of (kept, duplicate) that are near-duplicates, and their F1."""
    kept = {row: group[0] for group in groups for row in group}
    pairs = [(row, at) for row, at in kept.items() if row != at]
    near = sum(jaccard(shingles(texts[row]), shingles(texts[at])) >= threshold for row, at in pairs)
    found = sum(kept.get(one, -1) == kept.get(other, -2) for one, other in planted)
    recall, precision = found / max(len(planted), 1), near / max(len(pairs), 1)
    f1 = 2 * recall * precision / (recall + precision) if recall and precision else 0.0
    return {"recall": round(recall, 4), "precision": round(precision, 4), "f1": round(f1, 4)}


PEERS: dict[str, Callable[[Sequence[str], float, Pairs], Found]] = {
    "datasketch": datasketch,
    "semhash": semhash,
    "text_dedup": text_dedup,
}


def main() -> None:
    """Read the texts, let the peer work, write what it found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("peer", choices=sorted(PEERS))
    options.add_argument("texts", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--threshold", type=float, required=True)
    options.add_argument("--planted", type=Path)
    given = options.parse_args()
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TQDM_DISABLE": "1"}
    with given.texts.open(encoding="utf-8") as lines:
        # Half a surrogate pair, which JSON may hold, is no text to what is written in Rust.
        texts = [json.loads(line).encode("utf-8", "replace").decode() for line in lines]
    planted = json.loads(given.planted.read_text(encoding="utf-8")) if given.planted else []
    found = PEERS[given.peer](texts, given.threshold, planted)
    found["peer_version"] = version(given.peer)
    given.out.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
