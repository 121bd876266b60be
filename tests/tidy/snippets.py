"""Every code block of README.md stands, to the letter, in an example that is compiled and run.

A block in language X must equal the lines between the [readme] marks of its example, less their
common indent. A block of any other page that stands below a line `<!-- file: path -->` must be in that
file, and docs/install.md has no block that is neither so marked nor run (`<!-- run: name -->`)."""

import re
import sys
import tempfile
import textwrap
from pathlib import Path

EXAMPLES = {"cpp": "readme_cpp.cpp", "c": "readme_c.c", "python": "readme_python.py"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANNOUNCED = re.compile(r"^<!-- (?:file|run): \S+ -->\n```\w+\n", re.MULTILINE)


def marked(text: str) -> str:
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if "[readme]" in line)
    end = next(i for i, line in enumerate(lines) if "[/readme]" in line)
    return textwrap.dedent("\n".join(lines[start + 1 : end])).strip()


def faults(root: Path) -> list[str]:
    found = []
    for page in sorted(root.glob("README*.md")):
        blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
        languages = [language for language, _ in blocks if language in EXAMPLES]
        for language in EXAMPLES:
            if languages.count(language) != 1:
                found.append(f"{page.name}: needs exactly one block of {language}")
        for language, body in blocks:
            if language not in EXAMPLES:
                continue
            example = root / "examples" / EXAMPLES[language]
            if marked(example.read_text(encoding="utf-8")) != body.strip():
                found.append(f"{page.name}: the {language} block is not what {example.name} runs")
    return found + quoting_faults(root)


def quoting_faults(root: Path) -> list[str]:
    found = []
    for page in sorted([*root.glob("docs/**/*.md"), *root.glob("CONTRIBUTING.md")]):
        text = page.read_text(encoding="utf-8")
        for name, body in QUOTED.findall(text):
            file = root / name
            if not file.exists() or body not in file.read_text(encoding="utf-8"):
                found.append(f"{page.name}: a block is not what {name} has")
        if page.name == "install.md" and len(ANNOUNCED.findall(text)) != len(BLOCK.findall(text)):
            found.append(f"{page.name}: a block is neither run nor quoted from a file")
    return found


def self_test() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "examples").mkdir()
        page = ""
        for language, name in EXAMPLES.items():
            (root / "examples" / name).write_text("x\n  // [readme]\n  a = 1\n  // [/readme]\n")
            page += f"```{language}\na = 1\n```\n"
        (root / "README.md").write_text(page)
        assert faults(root) == [], faults(root)
        (root / "README.md").write_text(page.replace("a = 1", "a = 2", 1))
        assert len(faults(root)) == 1
        (root / "README.md").write_text("nothing")
        assert len(faults(root)) == len(EXAMPLES)
        (root / "README.md").write_text(page)
        (root / "docs").mkdir()
        (root / "a.txt").write_text("first\nsecond\n")
        quoted = "<!-- file: a.txt -->\n```cmake\nsecond\n```\n"
        install = root / "docs" / "install.md"
        for text, count in ((quoted, 0), (quoted.replace("second", "third"), 1),
                            (quoted.replace("a.txt", "b.txt"), 1), (quoted + "```sh\nls\n```\n", 1)):
            install.write_text(text)
            assert len(faults(root)) == count, (text, faults(root))


if __name__ == "__main__":
    if "--self-test" in sys.argv:
        self_test()
    else:
        bad = faults(Path(__file__).resolve().parents[2])
        print("\n".join(bad))
        sys.exit(1 if bad else 0)
