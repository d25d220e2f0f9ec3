#!/usr/bin/env python3
"""Write the small CLIP tokenizer of popbench's captions: vocab.json, merges.txt and two configs.

    python scripts/make_tokenizer.py [FOLDER]      (default: models/emoji-people/tokenizer)

The format is that of OpenAI's CLIP as transformers reads it: 256 byte symbols, the same 256 with
the end-of-word mark, one entry per merge, and the two special tokens last. The merges are learned
by byte-pair encoding on the caption words alone, until each word is one token; every other text
still encodes, into bytes. Standard library only; the result is the same on every run.
"""

import json
import sys
from collections import Counter
from pathlib import Path

PROFESSIONS = [
    "health worker", "doctor", "student", "teacher", "judge", "farmer", "cook", "mechanic",
    "factory worker", "office worker", "scientist", "technologist", "singer", "artist", "pilot",
    "astronaut", "firefighter", "police officer", "detective", "guard", "construction worker",
]
GENDERS = ["man", "woman", "person"]
TONES = ["light", "medium-light", "medium", "medium-dark", "dark"]
MAX_LENGTH = 16

END_OF_WORD = "</w>"
START_OF_TEXT = "<|startoftext|>"
END_OF_TEXT = "<|endoftext|>"


def byte_symbols():
    """One printable character per byte, in CLIP's order: printable bytes first, then the rest."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def caption_words():
    """The words of every caption; hyphens are split off by the tokenizer's own pattern."""
    words = ["a", "an", "skinned"] + GENDERS
    for phrase in PROFESSIONS + TONES:
        words += phrase.replace("-", " ").split()
    return sorted(set(words))


def merged(symbols, pair):
    """`symbols` with each occurrence of `pair` joined, from left to right."""
    out = []
    for symbol in symbols:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return out


def learn_merges(words):
    """Byte-pair encoding: join the most frequent pair (ties: the first in the alphabet)."""
    spelled = [list(word[:-1]) + [word[-1] + END_OF_WORD] for word in words]
    merges = []
    while any(len(symbols) > 1 for symbols in spelled):
        counts = Counter(pair for symbols in spelled for pair in zip(symbols, symbols[1:]))
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        spelled = [merged(symbols, best) for symbols in spelled]
    return merges


def write_tokenizer(folder):
    """Write the four files into `folder` and return the vocabulary."""
    symbols = byte_symbols()
    merges = learn_merges(caption_words())
    entries = symbols + [s + END_OF_WORD for s in symbols] + ["".join(m) for m in merges]
    entries += [START_OF_TEXT, END_OF_TEXT]
    assert len(entries) == len(set(entries)), "two merges spell the same token"
    vocabulary = {token: index for index, token in enumerate(entries)}

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def write_json(name, value):
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (folder / name).write_text(text + "\n", encoding="utf-8")

    write_json("vocab.json", vocabulary)
    lines = ["#version: 0.2"] + [" ".join(m) for m in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    special = {
        "bos_token": START_OF_TEXT,
        "eos_token": END_OF_TEXT,
        "pad_token": END_OF_TEXT,
        "unk_token": END_OF_TEXT,
    }
    write_json("special_tokens_map.json", special)
    write_json(
        "tokenizer_config.json",
        {
            "tokenizer_class": "CLIPTokenizer",
            "model_max_length": MAX_LENGTH,
            "do_lower_case": True,
            "errors": "replace",
            "add_prefix_space": False,
            **special,
        },
    )
    return vocabulary


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    target = sys.argv[1] if len(sys.argv) > 1 else root / "models/emoji-people/tokenizer"
    print(f"{target}: {len(write_tokenizer(target))} entries")
