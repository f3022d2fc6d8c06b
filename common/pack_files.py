"""Policy packs as YAML files: read strictly, written readably. Pure apart from the files themselves.

Strict: one document of texts, numbers, true, false and null with text keys; no key twice, no tags, a few anchors at
most, and no more than a person can read. A date or a clock time is a text. Whatever is refused is named by file, line
and place: `tiers.yaml:12: thresholds.ccv: expected a number, found "x"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import yaml

from common.packs import Body, PackError, PackSource, checksum, kind_of, pack_kind, parse_pack
from common.reading import on_one_line

ENDING = ".yaml"
MAX_BYTES = 256 * 1024
MAX_ENTRIES = 20_000
MAX_DEPTH = 20

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", re.ASCII)


class PackFileError(PackError):
    """What is wrong with a pack file, with the file and the line in front."""

    def __init__(self, file: str, line: int | None, path: str, message: str) -> None:
        super().__init__(path, message)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return on_one_line(": ".join(part for part in (where, self.path, self.message) if part))


def read_pack_dir(directory: Path) -> list[PackSource]:
    """All packs of a directory (`*.yaml`), by name. Raises PackFileError for the first that cannot be read."""
    return [read_pack(path) for path in _pack_paths(directory)]


def check_pack_dir(directory: Path) -> tuple[list[PackSource], list[PackFileError]]:
    """Read and check every pack of a directory against its kind: the good ones, and what is wrong with the others."""
    sources: list[PackSource] = []
    errors: list[PackFileError] = []
    for path in _pack_paths(directory):
        try:
            source = read_pack(path)
            parse_source(source)
        except PackFileError as error:
            errors.append(error)
        else:
            sources.append(source)
    return sources, errors


def read_pack(path: Path) -> PackSource:
    """One pack file; its body is not checked against its kind yet. Raises PackFileError."""
    name = _pack_name(path.name)
    return _read(name, path.name, _content(path))


def read_pack_content(file: str, content: bytes) -> PackSource:
    """One pack that came without a folder (uploaded, or written on a page) under a file name. Raises PackFileError."""
    name = _pack_name(file)
    if len(content) > MAX_BYTES:
        raise PackFileError(file, None, "", f"is larger than {MAX_BYTES // 1024} KB")
    return _read(name, file, _decoded(file, content))


def _pack_name(file: str) -> str:
    name = file.removesuffix(ENDING)
    if not file.endswith(ENDING) or not _NAME.fullmatch(name):
        raise PackFileError(file, None, "", "a pack is named like segments.yaml or scorecard.enterprise.yaml")
    return name


def _read(name: str, file: str, content: str) -> PackSource:
    reader = _Reader(file)
    body = reader.body(content)
    return PackSource(name=name, kind=kind_of(name), body=body, checksum=checksum(body), path=file, lines=reader.lines)


def parse_source(source: PackSource, *, version: int = 0) -> object:
    """The typed policy of a pack that was read. Raises PackFileError with the line of what is wrong."""
    try:
        return parse_pack(source.kind, source.body, version=version)
    except PackError as error:
        raise PackFileError(source.path, source.line_of(error.path), error.path, error.message) from error


def dump_pack(kind: str, body: Body) -> str:
    """The pack as YAML that reads back equal, keys in the order of its kind. Raises PackError for an unknown kind."""
    rank = {key: position for position, key in enumerate(pack_kind(kind).keys)}
    return yaml.dump(
        _in_order(body, rank), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120
    )


def _pack_paths(directory: Path) -> list[Path]:
    if not directory.is_dir():
        raise PackFileError(str(directory), None, "", "there is no such directory")
    paths = sorted(
        (path for path in directory.iterdir() if path.suffix in (ENDING, ".yml")), key=lambda path: path.stem
    )
    if not paths:
        raise PackFileError(str(directory), None, "", f"there is no pack (*{ENDING}) in it")
    return paths


def _content(path: Path) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise PackFileError(path.name, None, "", f"cannot be read ({(error.strerror or '').lower()})") from error
    if content is None:
        raise PackFileError(path.name, None, "", f"is larger than {MAX_BYTES // 1024} KB")
    return _decoded(path.name, content)


def _decoded(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PackFileError(file, line, "", "is not UTF-8") from error


class _Loader(yaml.SafeLoader):
    """YAML with the scalars of JSON: no dates, no yes and no, no sexagesimal numbers."""


class _Dumper(yaml.SafeDumper):
    """Puts in quotes what `_Loader` would not read as a text; writes no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_TAG = "tag:yaml.org,2002:"
_DIGITS = "-0123456789"
_SCALARS = {
    _TAG + "null": (re.compile(r"(null|~|)\Z"), ["n", "~", ""]),
    _TAG + "bool": (re.compile(r"(true|false)\Z"), ["t", "f"]),
    _TAG + "int": (re.compile(r"-?(0|[1-9][0-9]{0,17}|[1-9][0-9]{0,2}(_[0-9]{3}){1,5})\Z"), list(_DIGITS)),
    _TAG + "float": (re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z"), list(_DIGITS)),
}
_Loader.yaml_implicit_resolvers = {}
_Dumper.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)
_Dumper.add_representer(
    float, lambda dumper, number: dumper.represent_scalar(_TAG + "float", f"{Decimal(repr(number)):f}")
)


class _Reader:
    """Turns one YAML text into a body and remembers the line of every place in it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}
        self.entries = 0

    def body(self, content: str) -> Body:
        try:
            node = yaml.compose(content, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._refusal(mark, "", f"is not YAML ({error.problem or error.context})") from error
        except yaml.YAMLError as error:
            raise PackFileError(self.file, None, "", "holds characters that no text holds") from error
        except RecursionError as error:
            raise PackFileError(self.file, None, "", f"is nested deeper than {MAX_DEPTH}") from error
        if not isinstance(node, yaml.MappingNode):
            mark = node.start_mark if node is not None else None
            raise self._refusal(mark, "", "a pack is an object of named entries")
        body = self._value(node, "", 0)
        return cast(Body, body)

    def _value(self, node: yaml.Node, place: str, depth: int) -> Any:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise self._refusal(node.start_mark, "", f"holds more than {MAX_ENTRIES} entries")
        if depth > MAX_DEPTH:
            raise self._refusal(node.start_mark, "", f"is nested deeper than {MAX_DEPTH}")
        self.lines[place] = node.start_mark.line + 1
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return dict(self._members(node, place, depth))
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return [self._value(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return self._scalar(node, place)
        raise self._refusal(node.start_mark, place, f"the tag {node.tag} is not read")

    def _members(self, node: yaml.MappingNode, place: str, depth: int) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag != "tag:yaml.org,2002:str":
                raise self._refusal(key_node.start_mark, place, "a key must be a text; put it in quotes")
            if key in seen:
                raise self._refusal(key_node.start_mark, place, f'the key "{key}" is given twice')
            seen.add(key)
            inner = f"{place}.{key}" if place else key
            yield key, self._value(value_node, inner, depth + 1)
            self.lines[inner] = key_node.start_mark.line + 1

    def _scalar(self, node: yaml.ScalarNode, place: str) -> Any:
        written: str = node.value
        if node.tag == _TAG + "str":
            return written
        if node.tag not in _SCALARS or not _SCALARS[node.tag][0].match(written):
            raise self._refusal(node.start_mark, place, f"the tag {node.tag} is not read")
        match node.tag.removeprefix(_TAG):
            case "int":
                return int(written)
            case "float":
                return float(written)
            case "bool":
                return written == "true"
        return None

    def _refusal(self, mark: Any, place: str, problem: str) -> PackFileError:
        return PackFileError(self.file, mark.line + 1 if mark is not None else None, place, problem)


def _in_order(value: Any, rank: Mapping[str, int]) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (rank.get(key, len(rank)), key))
        return {key: _in_order(value[key], rank) for key in keys}
    if isinstance(value, list | tuple):
        return [_in_order(entry, rank) for entry in value]
    return value
