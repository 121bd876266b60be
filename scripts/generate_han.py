"""Makes the table of Han characters that search goes by from the Unicode Character Database.

    python3 scripts/generate_han.py UNIHAN_FOLDER OUTPUT.cpp

UNIHAN_FOLDER has Unihan_Readings.txt and Unihan_Variants.txt, plain or as .bz2 (Debian: the package
unicode-data, in /usr/share/unicode). For each character of the basic plane: the simplified character
that stands for it, and its readings in pinyin without tones. Readings are those of the two
dictionaries of standard Chinese (kTGHZ2013, kXHC1983) and the most frequent ones (kHanyuPinlu), else
the customary one (kMandarin). ü is written v, as people type it.
"""

import bz2
import collections
import pathlib
import re
import sys
import unicodedata

DICTIONARIES = ("kTGHZ2013", "kXHC1983", "kHanyuPinlu")
MOST_READINGS = 6


def lines(folder: pathlib.Path, name: str) -> list[str]:
    plain = folder / name
    if plain.exists():
        return plain.read_text(encoding="utf-8").splitlines()
    packed = folder / (name + ".bz2")
    if packed.exists():
        return bz2.decompress(packed.read_bytes()).decode("utf-8").splitlines()
    sys.exit(f"generate_han: there is no {plain} and no {packed}; install unicode-data")


def properties(folder: pathlib.Path, name: str) -> dict[int, dict[str, str]]:
    out: dict[int, dict[str, str]] = collections.defaultdict(dict)
    for line in lines(folder, name):
        if line.startswith("U+"):
            character, key, value = line.split("\t")
            out[int(character[2:], 16)][key] = value
    return out


def without_tone(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(c for c in letters if "a" <= c <= "z")


def readings(of: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for key in DICTIONARIES:
        found += re.findall(r"[^\W\d_]+", re.sub(r"[\d.*,:()]+", " ", of.get(key, "")))
    if not found:
        found = of.get("kMandarin", "").split()
    plain = dict.fromkeys(without_tone(syllable) for syllable in found)
    return tuple(syllable for syllable in plain if syllable)[:MOST_READINGS]


def simplified(code: int, of: dict[str, str]) -> int:
    """Of several, the first that is another; a character that is its own simplified form stays."""
    forms = [int(form[2:], 16) for form in of.get("kSimplifiedVariant", "").split()]
    if not forms or code in forms:
        return code
    return forms[0] if forms[0] <= 0xFFFF else code


def table(folder: pathlib.Path) -> str:
    spoken = properties(folder, "Unihan_Readings.txt")
    variants = properties(folder, "Unihan_Variants.txt")
    sets: dict[tuple[str, ...], int] = {}
    rows = []
    for code in sorted(set(spoken) | set(variants)):
        if code > 0xFFFF:
            continue
        simple = simplified(code, variants.get(code, {}))
        said = readings(spoken.get(code, {}))
        if said or simple != code:
            rows.append((code, simple, sets.setdefault(said, len(sets))))
    out = ["// Made by scripts/generate_han.py from the Unicode Character Database.",
           '#include "base/han.hpp"', "", "namespace guanxi::han_data {", ""]
    out.append("const char* const readings[] = {")
    out += [f'    "{" ".join(said)}",' for said in sets]
    out += ["};", "", "const row rows[] = {"]
    out += [f"    {{{code:#x}, {simple:#x}, {said}}}," for code, simple, said in rows]
    out += ["};", f"const std::size_t count = {len(rows)};", "", "}  // namespace guanxi::han_data"]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} UNIHAN_FOLDER OUTPUT.cpp")
    pathlib.Path(sys.argv[2]).write_text(table(pathlib.Path(sys.argv[1])), encoding="utf-8")
