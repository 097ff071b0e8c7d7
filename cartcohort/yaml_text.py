"""Reading YAML that a user wrote: nothing is run, no key counts twice, and no file becomes larger than it is."""

from __future__ import annotations

import json
from typing import Any

import yaml

_MOST_REPEATED = 100_000
"""Repetitions of a part that has a name (`&a`, `*a`); a few lines could ask for more than any memory holds."""


class TextLoader(yaml.BaseLoader):
    """Builds texts, lists and mappings alone: tags (`!!int`, `!!python/...`) mean nothing."""

    def get_single_node(self) -> yaml.Node | None:
        """Return what the text holds; refuse it where named parts repeat each other beyond any use."""
        node = super().get_single_node()
        sizes: dict[int, int] = {}
        if node is not None and _measure(node, sizes) - len(sizes) > _MOST_REPEATED:
            reason = "named parts (&) repeat each other too often"
            raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return the mapping; a key given twice is an error, and so is one that is no plain text."""
        seen = set()
        for key, _ in node.value:
            plain = isinstance(key, yaml.ScalarNode)
            if not plain or key.value in seen:
                reason = f"the key `{key.value}` is given twice" if plain else "a key must be a plain text"
                raise yaml.constructor.ConstructorError(None, None, reason, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _measure(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Return of how many nodes a node consists if each repetition is counted; `sizes` holds each once."""
    if id(node) not in sizes:
        sizes[id(node)] = 1  # for one that repeats itself, which cannot be built at all
        parts = () if isinstance(node, yaml.ScalarNode) else node.value
        flat = (part for pair in parts for part in pair) if isinstance(node, yaml.MappingNode) else parts
        sizes[id(node)] += sum(_measure(part, sizes) for part in flat)
    return sizes[id(node)]


def write_plain(value: Any) -> str:
    """Return a value in one line of printable signs that YAML reads as the same value.

    It is JSON, but for the escapes of signs that cannot be printed: JSON's own of an emoji would be two signs here.
    """
    return "".join(map(_escape, json.dumps(value, ensure_ascii=False)))


def _escape(sign: str) -> str:
    code = ord(sign)
    return sign if sign.isprintable() else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
