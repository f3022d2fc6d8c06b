"""Policy packs as files: strict reading with file, line and place; checksums; round trips; differences in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import reading
from common.pack_diff import Change, ChangeKind, diff_packs
from common.pack_files import (
    MAX_BYTES,
    PackFileError,
    check_pack_dir,
    dump_pack,
    parse_source,
    read_pack,
    read_pack_dir,
)
from common.packs import Body, PackError, canonical_json, checksum, kind_of, parse_pack, register_pack_kind
from common.reading import MalformedInput

DEFAULT_PACKS = Path(__file__).parents[2] / "policies" / "default"


def parse_sample(body: Body, *, version: int) -> tuple[int, Body]:
    thresholds = reading.mapping(reading.member(body, "thresholds", ""), "thresholds")
    reading.amount(reading.member(thresholds, "ccv", "thresholds"), "thresholds.ccv")
    return version, body


@pytest.fixture(autouse=True)
def sample_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.packs._kinds", {})
    register_pack_kind("sample", parse_sample, keys=("thresholds", "ccv", "lrp"))


def written(tmp_path: Path, text: str | bytes, name: str = "sample.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestReading:
    def test_scalars_are_those_of_json(self, tmp_path: Path) -> None:
        text = """\
        # a comment
        text: words
        quoted: "5"
        day: 2025-12-31
        clock: 09:30
        answer: yes
        on: off
        million: 1_000_000
        negative: -3
        share: 12.50
        code: 007
        is_true: true
        nothing: ~
        empty:
        list: [1, two, 3.5]
        """
        assert read_pack(written(tmp_path, text)).body == {
            "text": "words",
            "quoted": "5",
            "day": "2025-12-31",
            "clock": "09:30",
            "answer": "yes",
            "on": "off",
            "million": 1_000_000,
            "negative": -3,
            "share": 12.5,
            "code": "007",
            "is_true": True,
            "nothing": None,
            "empty": None,
            "list": [1, "two", 3.5],
        }

    def test_name_and_kind_come_from_the_file_name(self, tmp_path: Path) -> None:
        source = read_pack(written(tmp_path, "a: 1", "scorecard.enterprise.yaml"))
        assert (source.name, source.kind, source.path) == (
            "scorecard.enterprise",
            "scorecard",
            "scorecard.enterprise.yaml",
        )
        assert kind_of("scorecard.enterprise") == "scorecard"

    def test_a_few_anchors_are_read(self, tmp_path: Path) -> None:
        assert read_pack(written(tmp_path, "a: &x [1]\nb: *x")).body == {"a": [1], "b": [1]}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("a: 1\nb:\n  c: 1\n  c: 2\n", 'sample.yaml:4: b: the key "c" is given twice'),
            ("a: 1\na: 2\n", 'sample.yaml:2: the key "a" is given twice'),
            ("a: [1\nb: 2\n", "sample.yaml:2: is not YAML"),
            ("a: 1\n---\nb: 2\n", "sample.yaml:2: is not YAML"),
            ("a: b: c\n", "sample.yaml:1: is not YAML"),
            ("a: *nobody\n", "sample.yaml:1: is not YAML"),
            ("", "sample.yaml: a pack is an object of named entries"),
            ("- a\n- b\n", "sample.yaml:1: a pack is an object of named entries"),
            ("just words\n", "sample.yaml:1: a pack is an object of named entries"),
            ("a:\n  1: one\n", "sample.yaml:2: a: a key must be a text"),
            ("a:\n  true: one\n", "sample.yaml:2: a: a key must be a text"),
            ("a:\n  ? [x]\n  : one\n", "sample.yaml:2: a: a key must be a text"),
            ("a: !!python/object/apply:os.system [ls]\n", "sample.yaml:1: a: the tag"),
            ("a: !secret x\n", "sample.yaml:1: a: the tag !secret is not read"),
            ("a: !!int words\n", "sample.yaml:1: a: the tag"),
            ("a: !!set {x: }\n", "sample.yaml:1: a: the tag"),
            ("a: !!timestamp 2025-01-01\n", "sample.yaml:1: a: the tag"),
            (b"a: \xff\n", "sample.yaml:1: is not UTF-8"),
            (b"a: 1\nb: \x00\n", "sample.yaml: holds characters that no text holds"),
            ("a: " + "[" * 30 + "]" * 30, "is nested deeper than 20"),
            ("a: " + "[" * 50_000, "sample.yaml: is nested deeper than 20"),
            ("a: &a [*a]\n", "is nested deeper than 20"),
            ("a: '" + "x" * MAX_BYTES + "'", "sample.yaml: is larger than 256 KB"),
        ],
    )
    def test_what_is_refused_is_named_by_file_line_and_place(
        self, tmp_path: Path, text: str | bytes, words: str
    ) -> None:
        with pytest.raises(PackFileError) as refused:
            read_pack(written(tmp_path, text))
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_anchors_cannot_blow_up(self, tmp_path: Path) -> None:
        layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
        with pytest.raises(PackFileError, match="holds more than 20000 entries"):
            read_pack(written(tmp_path, "\n".join(layers)))

    @pytest.mark.parametrize("name", ["Sample.yaml", "sample.yml", ".yaml", "sample pack.yaml", "sample..yaml"])
    def test_a_pack_has_a_plain_name(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(PackFileError, match=r"a pack is named like segments\.yaml"):
            read_pack(written(tmp_path, "a: 1", name))

    def test_a_directory_is_read_by_name_and_other_files_are_let_be(self, tmp_path: Path) -> None:
        for name in ("tiers.yaml", "access.yaml", "README.md"):
            written(tmp_path, "a: 1", name)
        assert [source.name for source in read_pack_dir(tmp_path)] == ["access", "tiers"]

    def test_a_directory_without_packs_is_a_mistake(self, tmp_path: Path) -> None:
        for directory, words in ((tmp_path, "there is no pack"), (tmp_path / "none", "no such directory")):
            with pytest.raises(PackFileError, match=words):
                read_pack_dir(directory)


class TestChecking:
    def test_the_typed_policy_knows_its_version(self) -> None:
        body = {"thresholds": {"ccv": 5}}
        assert parse_pack("sample", body, version=7) == (7, body)

    def test_an_error_carries_the_line_of_its_place(self, tmp_path: Path) -> None:
        source = read_pack(written(tmp_path, "# tiers\n\nthresholds:\n  lrp: 10\n  ccv: x\n"))
        with pytest.raises(PackFileError) as refused:
            parse_source(source)
        assert str(refused.value) == 'sample.yaml:5: thresholds.ccv: expected a number, found "x"'
        assert (refused.value.file, refused.value.line, refused.value.path) == ("sample.yaml", 5, "thresholds.ccv")

    def test_an_entry_that_is_missing_is_placed_at_what_is_around_it(self, tmp_path: Path) -> None:
        source = read_pack(written(tmp_path, "a: 1\nthresholds:\n  lrp: 10\n"))
        with pytest.raises(PackFileError) as refused:
            parse_source(source)
        assert str(refused.value) == 'sample.yaml:2: thresholds: "ccv" is missing'
        assert source.line_of("thresholds.ccv.whatever[3]") == 2
        assert source.line_of("nowhere") == 1

    def test_a_kind_that_nobody_reads_is_refused(self, tmp_path: Path) -> None:
        source = read_pack(written(tmp_path, "a: 1", "weather.yaml"))
        with pytest.raises(PackFileError) as refused:
            parse_source(source)
        assert 'weather.yaml:1: there is no kind of pack "weather"; known are sample' in str(refused.value)

    def test_all_errors_of_a_directory_are_found(self, tmp_path: Path) -> None:
        written(tmp_path, "thresholds: {ccv: 1}", "sample.good.yaml")
        written(tmp_path, "thresholds: {ccv: []}", "sample.bad.yaml")
        written(tmp_path, "thresholds: {", "sample.broken.yaml")
        sources, errors = check_pack_dir(tmp_path)
        assert [source.name for source in sources] == ["sample.good"]
        assert [error.file for error in errors] == ["sample.bad.yaml", "sample.broken.yaml"]

    def test_a_parser_may_raise_either_error(self) -> None:
        def refuse(body: Body, *, version: int) -> object:
            raise PackError("a", "own") if version else MalformedInput("b", "common")

        register_pack_kind("picky", refuse)
        for version, words in ((0, "b: common"), (1, "a: own")):
            with pytest.raises(PackError, match=words):
                parse_pack("picky", {}, version=version)


class TestChecksum:
    def test_layout_comments_and_order_do_not_matter(self, tmp_path: Path) -> None:
        one = read_pack(written(tmp_path, "a: 1\nb: {c: 2.0, d: [x]}\n", "sample.one.yaml"))
        two = read_pack(written(tmp_path, "# the same\nb:\n  d:\n  - 'x'\n  c: 2\na: 1", "sample.two.yaml"))
        assert one.checksum == two.checksum == checksum({"a": 1, "b": {"c": 2, "d": ["x"]}})

    @pytest.mark.parametrize("other", [{"a": "1"}, {"a": 2}, {"b": 1}, {"a": [1]}, {"a": 1, "b": None}, {"a": True}])
    def test_every_difference_of_content_matters(self, other: Body) -> None:
        assert checksum(other) != checksum({"a": 1})

    def test_it_is_sha256_of_the_canonical_json(self) -> None:
        assert canonical_json({"b": [1.0, "ü"], "a": None}) == '{"a":null,"b":[1,"ü"]}'
        assert len(checksum({})) == 64


texts = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0x2FFF), max_size=12)
tricky = st.sampled_from(
    ["yes", "on", "2025-01-01", "09:30", "1_000", "007", "-", "~", "null", "1.5", "a: b", "# x", ""]
)
numbers = st.integers(-(10**15), 10**15) | st.floats(-1e6, 1e6).map(lambda number: round(number, 6))
scalars = st.none() | st.booleans() | numbers | texts | tricky
keys = st.one_of(texts, tricky)
bodies = st.dictionaries(
    keys,
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    ),
    max_size=5,
)


@given(body=bodies)
def test_what_is_written_reads_back_equal(body: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "sample.yaml"
    register_pack_kind("sample", parse_sample)
    path.write_text(dump_pack("sample", body), encoding="utf-8")
    assert checksum(read_pack(path).body) == checksum(body)


def test_an_export_has_the_order_of_its_kind() -> None:
    text = dump_pack("sample", {"z": 1, "thresholds": {"lrp": 2, "ccv": 1}, "b": 1})
    assert text == "thresholds: {ccv: 1, lrp: 2}\nb: 1\nz: 1\n"


class TestDifferences:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ({"a": 1}, {"a": 1.0}, []),
            ({"a": 1}, {"a": 2}, [Change(path="a", kind=ChangeKind.CHANGED, old=1, new=2)]),
            ({}, {"a": {"b": 1}}, [Change(path="a", kind=ChangeKind.ADDED, new={"b": 1})]),
            ({"a": 1, "b": 2}, {"b": 2}, [Change(path="a", kind=ChangeKind.REMOVED, old=1)]),
            ({"a": {"b": [1]}}, {"a": {"b": 1}}, [Change(path="a.b", kind=ChangeKind.CHANGED, old=[1], new=1)]),
            (
                {"roles": ["tam", "csm"]},
                {"roles": ["tam", "admin"]},
                [
                    Change(path="roles", kind=ChangeKind.ADDED, new="admin"),
                    Change(path="roles", kind=ChangeKind.REMOVED, old="csm"),
                ],
            ),
            (
                {"roles": ["tam", "csm"]},
                {"roles": ["csm", "tam"]},
                [Change(path="roles", kind=ChangeKind.REORDERED, old=["tam", "csm"], new=["csm", "tam"])],
            ),
            ({"n": [1, 1]}, {"n": [1]}, [Change(path="n", kind=ChangeKind.REMOVED, old=1)]),
            (
                {"stones": [{"value": "pearl", "days": 180}, {"value": "ruby", "days": 90}]},
                {"stones": [{"value": "opal", "days": 1}, {"value": "pearl", "days": 120}]},
                [
                    Change(path="stones[opal]", kind=ChangeKind.ADDED, new={"value": "opal", "days": 1}),
                    Change(path="stones[pearl].days", kind=ChangeKind.CHANGED, old=180, new=120),
                    Change(path="stones[ruby]", kind=ChangeKind.REMOVED, old={"value": "ruby", "days": 90}),
                ],
            ),
            (
                {"tiers": [{"value": 0}, {"value": 1}]},
                {"tiers": [{"value": 1}, {"value": 0}]},
                [Change(path="tiers", kind=ChangeKind.REORDERED, old=["0", "1"], new=["1", "0"])],
            ),
            (
                {"rates": [{"currency": "EUR", "on": "2025-01-01", "rate": 1}]},
                {"rates": [{"currency": "EUR", "on": "2025-01-01", "rate": 2}]},
                [Change(path="rates[EUR 2025-01-01].rate", kind=ChangeKind.CHANGED, old=1, new=2)],
            ),
            (
                {"rules": [{"field": "a", "operator": "equals", "value": "yes"}]},
                {
                    "rules": [
                        {"field": "b", "operator": "equals", "value": "yes"},
                        {"field": "a", "operator": "equals", "value": "no"},
                    ]
                },
                [
                    Change(
                        path="rules[b equals]",
                        kind=ChangeKind.ADDED,
                        new={"field": "b", "operator": "equals", "value": "yes"},
                    ),
                    Change(path="rules[a equals].value", kind=ChangeKind.CHANGED, old="yes", new="no"),
                ],
            ),
            (
                {"rows": [{"a": 1}, {"a": 2}]},
                {"rows": [{"a": 1}, {"a": 3}, {"a": 4}]},
                [
                    Change(path="rows[1].a", kind=ChangeKind.CHANGED, old=2, new=3),
                    Change(path="rows[2]", kind=ChangeKind.ADDED, new={"a": 4}),
                ],
            ),
            ({"rows": [[1]]}, {"rows": []}, [Change(path="rows[0]", kind=ChangeKind.REMOVED, old=[1])]),
        ],
    )
    def test_differences_are_named_entry_by_entry(self, old: Body, new: Body, expected: list[Change]) -> None:
        assert diff_packs(old, new) == expected

    @given(old=bodies, new=bodies)
    def test_there_are_differences_exactly_where_the_checksums_differ(self, old: Body, new: Body) -> None:
        assert bool(diff_packs(old, new)) == (checksum(old) != checksum(new))
        assert diff_packs(old, json.loads(json.dumps(old))) == []


def test_the_default_packs_can_be_read() -> None:
    assert {source.name for source in read_pack_dir(DEFAULT_PACKS)} >= {"access", "tiers", "segments", "gemstones"}
