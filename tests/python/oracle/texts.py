"""How `like` looks at texts."""

import re
import unicodedata
from functools import lru_cache


def fold(text):
    """Without case and width."""
    wide = ("<wide>", "<narrow>")
    return "".join(unicodedata.normalize("NFKC", c) if unicodedata.decomposition(c).startswith(wide)
                   else c for c in text).casefold()


@lru_cache(maxsize=200)
def like_pattern(pattern):
    parts = re.findall(r"\\.|.|\\", fold(pattern), re.DOTALL)
    return re.compile("".join({"%": ".*", "_": "."}.get(part, re.escape(part[-1]))
                              for part in parts), re.DOTALL)
