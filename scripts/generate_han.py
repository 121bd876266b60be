"""Makes src/base/han_table.cpp, the Han characters that search goes by, from the Unicode Character
Database: python3 scripts/generate_han.py [--check] [--unihan FOLDER]

The folder (by default /usr/share/unicode, of Debian's package unicode-data) has Unihan_Readings.txt
and Unihan_Variants.txt, plain or as .bz2. For the characters of the basic plane the table says which
simplified character stands for a traditional one, and how each is read in pinyin without tones, with
ü as v, as people type it. Readings are all those of the two dictionaries of standard Chinese
(kTGHZ2013, kXHC1983) and the most frequent ones (kHanyuPinlu), else the customary one (kMandarin).
"""

import argparse
import bz2
import collections
import pathlib
import re
import sys
import unicodedata

DICTIONARIES = ("kTGHZ2013", "kXHC1983", "kHanyuPinlu")
TABLE = pathlib.Path(__file__).resolve().parent.parent / "src" / "base" / "han_table.cpp"
IN_A_LINE = 40


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


def readings(of: dict[str, str]) -> list[str]:
    found: list[str] = []
    for key in DICTIONARIES:
        found += re.findall(r"[^\W\d_]+", re.sub(r"[\d.*,:()]+", " ", of.get(key, "")))
    if not found:
        found = of.get("kMandarin", "").split()
    plain = dict.fromkeys(without_tone(syllable) for syllable in found)
    return [syllable for syllable in plain if any(c in "aeiouv" for c in syllable)]


def simplified(code: int, of: dict[str, str]) -> int:
    """Of several, the first that is another; a character that is its own simplified form stays."""
    forms = [int(form[2:], 16) for form in of.get("kSimplifiedVariant", "").split()]
    if not forms or code in forms or forms[0] > 0xFFFF:
        return code
    return forms[0]


def literals(text: str) -> str:
    parts = [text[at : at + IN_A_LINE] for at in range(0, len(text), IN_A_LINE)]
    return "\n".join(f'    "{part}"' for part in parts)


def table(folder: pathlib.Path) -> str:
    spoken = properties(folder, "Unihan_Readings.txt")
    variants = properties(folder, "Unihan_Variants.txt")
    pairs = ""
    read: dict[str, str] = collections.defaultdict(str)
    for code in sorted(set(spoken) | set(variants)):
        if code > 0xFFFF:
            continue
        simple = simplified(code, variants.get(code, {}))
        if simple != code:
            pairs += chr(code) + chr(simple)
            continue  # read as what stands for it
        for syllable in readings(spoken.get(code, {})):
            read[syllable] += chr(code)
    out = ["// Made by scripts/generate_han.py from the Unicode Character Database.", '#include "han.hpp"']
    out += ["", "namespace guanxi::han {", "", "const char* const simplified_pairs =", literals(pairs) + ";"]
    out += ["", "const syllable syllables[] = {"]
    for syllable in sorted(read):
        out += [f'    {{"{syllable}",', literals(read[syllable]) + "},"]
    out += ["};", f"const std::size_t syllable_count = {len(read)};", "", "}  // namespace guanxi::han"]
    return "\n".join(out) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes the table of Han characters.")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    parser.add_argument("--unihan", type=pathlib.Path, default="/usr/share/unicode")
    given = parser.parse_args()
    made = table(given.unihan)
    if not given.check:
        TABLE.write_text(made, encoding="utf-8")
        return 0
    if TABLE.read_text(encoding="utf-8") == made:
        return 0
    print(f"generate_han: {TABLE} is not what the database gives; run it without --check")
    return 1


if __name__ == "__main__":
    sys.exit(main())
