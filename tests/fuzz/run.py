"""Runs a fuzz target on its seeds, then on what it makes of them, and says how to repeat a failure.

run.py PROGRAM DICTIONARY --seconds N   fails with the first input for which a fact does not hold
run.py PROGRAM --planted                fails unless such an input is found

A run makes the same inputs each time, so that it fails for what has changed; --any-seed looks
elsewhere each time. GUANXI_FUZZ_SECONDS says for how long in place of N, GUANXI_TEST_SEED from what
seed. What is found, and inputs that reach new code, are kept beside the program.
"""

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

# A bomb is a finding too: an input is refused in time, and within a cap.
BOUNDS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096"]


def corpus_of(program: Path) -> Path:
    target = program.name.removeprefix("planted_").removesuffix("_fault")
    corpus = Path(__file__).parent / "corpus" / target
    if not any(corpus.iterdir()):
        sys.exit(f"fuzz: {corpus} has no seeds")
    return corpus


def run(program: Path, dictionary: Path, seconds: int, seed: int) -> int:
    found = program.parent / f"{program.name}_found"
    grown = program.parent / f"{program.name}_grown"
    found.mkdir(exist_ok=True)
    grown.mkdir(exist_ok=True)
    before = set(found.iterdir())
    print(f"fuzz: {program.name} for {seconds} s, GUANXI_TEST_SEED={seed}", flush=True)
    outcome = subprocess.run([program, f"-max_total_time={seconds}", f"-seed={seed}", *BOUNDS,
                              f"-dict={dictionary}", f"-artifact_prefix={found}/",
                              grown, corpus_of(program)]).returncode
    for path in sorted(set(found.iterdir()) - before):
        print(f"fuzz: repeat it with\n  {program} {path}", flush=True)
    return outcome


def run_planted(program: Path) -> int:
    done = subprocess.run([program, "-seed=1", "-runs=20000", "-artifact_prefix=planted_", *BOUNDS,
                           corpus_of(program)],
                          cwd=program.parent, capture_output=True, text=True, errors="replace")
    if done.returncode != 0 and "\nfuzz: " in done.stderr:
        return 0
    print(done.stderr[-4000:])
    print(f"fuzz: {program.name} did not find its planted fault", flush=True)
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("dictionary", type=Path, nargs="?")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--any-seed", action="store_true")
    parser.add_argument("--planted", action="store_true")
    given = parser.parse_args()
    if given.planted:
        return run_planted(given.program.resolve())
    if given.dictionary is None:
        parser.error("a dictionary is needed")
    seconds = int(os.environ.get("GUANXI_FUZZ_SECONDS", given.seconds))
    # 0 would be libFuzzer's own choice, which nobody could repeat.
    usual = random.randrange(1, 2**31) if given.any_seed else 1
    seed = int(os.environ.get("GUANXI_TEST_SEED", usual))
    return run(given.program.resolve(), given.dictionary.resolve(), seconds, seed)


if __name__ == "__main__":
    sys.exit(main())
