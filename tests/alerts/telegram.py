"""What Telegram's Bot API takes as HTML, as strictly as it does (`formatting`_); and what is left of it as text.

.. _formatting: https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST = 4096
"""Characters in one message: of its text by Telegram's count, of all of it where Grafana cuts."""

_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "tg-spoiler", "blockquote"}
_ENTITY = re.compile(r"&(lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_STRAY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_TAG = re.compile(r"<(/?)([a-z-]+)((?:\s+[a-z-]+=\"[^\"<>]*\")*)\s*>")


class RefusedError(Exception):
    """Telegram would answer 400: Bad Request: can't parse entities."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise RefusedError(f"unsupported start tag {tag!r}")
        given = dict(attrs)
        if set(given) - ({"href"} if tag == "a" else set()):
            raise RefusedError(f"{tag} with {sorted(given)}")
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise RefusedError(f"<{tag}/> with {len(attrs)} attributes")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise RefusedError(f"unmatched end tag {tag!r}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.text.append({"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name])

    def handle_charref(self, name: str) -> None:
        self.text.append(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data: str) -> None:
        raise RefusedError(f"a comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise RefusedError(f"a declaration {decl!r}")

    def unknown_decl(self, data: str) -> None:
        raise RefusedError(f"a declaration {data!r}")

    def handle_pi(self, data: str) -> None:
        raise RefusedError(f"an instruction {data!r}")


def read(message: str) -> tuple[str, list[str]]:
    """Return the text that a reader sees and the links in it; RefusedError where Telegram would refuse it."""
    if len(message) > MOST:
        raise RefusedError(f"{len(message)} characters: Grafana cuts it wherever that is")
    if _STRAY.search(message):
        raise RefusedError("an & that begins no entity")
    for bracket in re.finditer(r"<", message):
        if not _TAG.match(message, bracket.start()):
            raise RefusedError(f"a < that begins no tag, at {bracket.start()}")
    if ">" in _TAG.sub("", message):
        raise RefusedError("a > that ends no tag")
    reader = _Reader()
    reader.feed(message)
    reader.close()
    if reader.open:
        raise RefusedError(f"can't find end tag of {reader.open}")
    text = "".join(reader.text)
    if not text.strip():
        raise RefusedError("message text is empty")
    return text, reader.links
