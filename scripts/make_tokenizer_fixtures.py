#!/usr/bin/env python3
"""Makes tokenizer fixtures beyond the 200 captions, with transformers' CLIPTokenizer.

    python scripts/make_tokenizer_fixtures.py

Writes to Tests/DiffusionModelsTests/Fixtures:
    tokenizer-characters.json  a checksum of the ids of "a<c>B <c>1" for every character of
                               Unicode 14, a number for each block of 256
    tokenizer-odd/NAME/        folders with a poor vocabulary, odd merges and odd special tokens,
                               each with captions.json of random captions and their ids
"""

import json
import pathlib
import random
import shutil
import tempfile
import unicodedata
import zlib

from transformers import CLIPTokenizer

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/DiffusionModelsTests/Fixtures"
START, END = "<|startoftext|>", "<|endoftext|>"


def characters():
    assert unicodedata.unidata_version >= "14.0.0"
    tokenizer = CLIPTokenizer.from_pretrained(FIXTURES / "tokenizer")
    blocks = {}
    for block in range(0x110000 // 256):
        texts = []
        for code in range(block * 256, block * 256 + 256):
            if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co"):
                texts.append(f"a{chr(code)}B {chr(code)}1")
        if texts:
            checksum = 0
            for ids in tokenizer(texts, truncation=False).input_ids:
                checksum = zlib.crc32(" ".join(map(str, ids)).encode(), checksum)
            blocks[f"{block:x}"] = [len(texts), checksum]
    write(FIXTURES / "tokenizer-characters.json", {
        "skipped": "unassigned in Unicode 14, private use, surrogates", "blocks": blocks})


def byte_symbols():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = iter(range(256))
    return [chr(byte) if byte in printable else chr(256 + next(rest)) for byte in range(256)]


def odd_vocabulary(rng):
    """Half of the bytes, and merges in an order that no training would give."""
    symbols = byte_symbols()
    kept = [symbols[b] for b in range(256) if b < 0x7F or rng.random() < 0.5]
    entries = [START, "!pad"] + kept + [s + "</w>" for s in kept if rng.random() < 0.9]
    merges = []
    heads = list("abcde'!<|# ") [:-1]
    pool = heads[:]
    tails = [s + "</w>" for s in heads if s + "</w>" in entries]
    while len(merges) < 120:
        left = rng.choice(pool)
        right = rng.choice(pool + tails)
        joined = left + right
        if len(joined) > 12 or joined in entries:
            continue
        merges.append((left, right))
        entries.append(joined)
        (tails if joined.endswith("</w>") else pool).append(joined)
    merges.append(("#", "#"))
    if "##" not in entries:
        entries.append("##")
    rng.shuffle(merges)
    entries.append(END)
    ids = rng.sample(range(len(entries) + 50), len(entries))
    return dict(zip(entries, ids)), merges


def captions(rng):
    letters = "abcdeABCDE" * 3 + "'s'T'Ll!<|>## \t\n1²xyzé\u0301ÀİΣſﬁ👩🏿\u200d⚕\ufe0fन\u094d語\x00\x7f"
    pieces = [START, END, "!pad", "<|EndOfText|>", "<|STARTOFTEXT|>", "!PAD", "'re", "'VE",
              "\u3000", "\u00a0", "\x85", "\u2028", "\u180e", "\u200b", "\ufeff", "e\u0301",
              "\u212b", "\u1100\u1161\u11a8", "\U0001d400", "dž", "ẞ"]
    result = []
    for _ in range(80):
        parts = [rng.choice(pieces) if rng.random() < 0.2 else rng.choice(letters)
                 for _ in range(rng.randint(0, 40))]
        result.append("".join(parts))
    result.append("abcde" * 120)
    return result


def added(content, normalized):
    return {"__type": "AddedToken", "content": content, "lstrip": False, "normalized": normalized,
            "rstrip": False, "single_word": False}


def odd_folders():
    rng = random.Random(3)
    folder = FIXTURES / "tokenizer-odd"
    shutil.rmtree(folder, ignore_errors=True)
    configurations = {
        "plain": {"model_max_length": 77},
        # As in Stable Diffusion 1: special tokens are looked for after lower-casing, but the
        # padding token names one of them without that rule.
        "normalized": {"bos_token": added(START, True), "eos_token": added(END, True),
                       "unk_token": added(END, True), "pad_token": END, "model_max_length": 20},
        # As in Stable Diffusion 2: another padding token.
        "padded": {"bos_token": added(START, True), "eos_token": added(END, True),
                   "unk_token": added(END, True), "pad_token": "!pad", "model_max_length": 20},
    }
    for name, configuration in configurations.items():
        vocabulary, merges = odd_vocabulary(rng)
        target = folder / name
        target.mkdir(parents=True)
        write(target / "vocab.json", vocabulary)
        lines = ["#version: 0.2"] + [" ".join(pair) for pair in merges]
        (target / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        write(target / "tokenizer_config.json", configuration)
        tokenizer = CLIPTokenizer.from_pretrained(target)
        write_captions(target, tokenizer, captions(rng))
        if name == "normalized":
            # The same tokenizer as transformers 5 saves it: one tokenizer.json.
            whole = folder / "whole"
            tokenizer.save_pretrained(whole)
            tokenizer = CLIPTokenizer.from_pretrained(whole)
            write_captions(whole, tokenizer, captions(rng))


def write_captions(folder, tokenizer, texts):
    entries = []
    for text in texts:
        plain = tokenizer(text, truncation=True).input_ids
        padded = tokenizer(text, truncation=True, padding="max_length", max_length=12).input_ids
        entries.append({"text": text, "ids": plain, "padded": padded})
    write(folder / "captions.json", entries)


def write(path, value):
    """ASCII text, one entry a line where the value is a list."""
    if isinstance(value, list):
        lines = [json.dumps(entry, separators=(",", ":")) for entry in value]
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    else:
        path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    characters()
    odd_folders()
