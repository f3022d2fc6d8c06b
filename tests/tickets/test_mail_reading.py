"""Hostile mails are read in bounded time, in every charset, or refused; quotes, loops and machines are told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets.mails import file_part, mixed, plain
from tickets.rules.mail_html import text_of_html
from tickets.rules.mail_loops import Origin, origin_of
from tickets.rules.mail_quotes import split_reply
from tickets.rules.mail_reading import MOST_FILES, UnreadableMail, read_mail

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "utf-7", "cp850", "mac-roman"],
)
def test_western_charsets(charset: str) -> None:
    assert read_mail(plain("Grüße aus Köln", charset=charset)).text == "Grüße aus Köln"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-jp", "ボタンが動きません"),
        ("shift_jis", "ボタンが動きません"),
        ("euc-kr", "버튼이 작동하지 않습니다"),
        ("gb18030", "按钮不起作用"),
        ("big5", "按鈕不起作用"),
        ("koi8-r", "Кнопка не работает"),
        ("windows-1251", "Кнопка не работает"),
        ("windows-1255", "הכפתור לא עובד"),
        ("windows-1256", "الزر لا يعمل"),
        ("iso-8859-7", "Το κουμπί δεν λειτουργεί"),
        ("tis-620", "ปุ่มไม่ทำงาน"),
    ],
)
def test_other_charsets(charset: str, text: str) -> None:
    assert read_mail(plain(text, charset=charset)).text == text


@pytest.mark.parametrize("charset", ["nonsense", "x-unknown", "zlib_codec", "hex", "", "utf-8; x", "idna"])
def test_a_charset_that_is_none_is_guessed(charset: str) -> None:
    mail = plain(
        "Grüße aus Köln, und vielen Dank für die schnelle Antwort".encode(),
        Content_Type=f"text/plain; charset={charset}",
    )
    assert "und vielen Dank" in read_mail(mail).text


def test_a_wrong_charset_loses_nothing_that_is_ascii() -> None:
    assert (
        "Antwort" in read_mail(plain("Grüße, Antwort".encode("latin-1"), Content_Type="text/plain; charset=utf-8")).text
    )


def test_neither_nul_nor_half_characters() -> None:
    letter = read_mail(plain(b"a\0b\xed\xa0\x80c", subject="x\0y", Content_Type="text/plain; charset=utf-8"))
    for text in (letter.text, letter.subject):
        assert "\0" not in text
        text.encode()


def test_headers_are_decoded_and_marks_of_answers_taken_away() -> None:
    letter = read_mail(
        plain(sender="=?utf-8?q?J=C3=B6rg?= <Joerg@Else.example>", subject="Re: AW: FWD: =?iso-8859-1?q?Gr=FC=DFe?=")
    )
    assert (letter.sender, letter.sender_name, letter.subject) == ("joerg@else.example", "Jörg", "Grüße")


def test_a_header_over_two_lines_is_one_line() -> None:
    letter = read_mail(plain(subject="First\r\n second\r\n third"))
    assert letter.subject == "First second third"


def test_recipients_come_from_all_headers_that_name_them() -> None:
    letter = read_mail(plain(to="A <a@x.example>, b@x.example", Cc="c@x.example", Delivered_To="d@x.example"))
    assert set(letter.recipients) == {"a@x.example", "b@x.example", "c@x.example", "d@x.example"}


def test_files_are_found_at_every_depth_and_laid_flat() -> None:
    inner = mixed(
        ("Content-Type: text/plain", b"What the other wrote"),
        file_part("deep.png", PNG),
        boundary="inner",
        subject="Fwd: The first mail",
    )
    letter = read_mail(
        mixed(
            ("Content-Type: text/plain", b"See below"),
            file_part("near.png", PNG),
            ("Content-Type: message/rfc822", inner),
        )
    )
    assert letter.text == "See below"
    assert [file.name for file in letter.files] == ["near.png", "The first mail.txt", "deep.png"]
    assert letter.files[1].content == b"What the other wrote"
    assert letter.files[2].content == PNG


def test_more_files_than_are_taken_are_named() -> None:
    letter = read_mail(mixed(*(file_part(f"{number}.png", PNG) for number in range(MOST_FILES + 3))))
    assert len(letter.files) == MOST_FILES
    assert letter.dropped == ("10.png", "11.png", "12.png")


def test_html_alone_is_read_as_text() -> None:
    html = b"<style>p{color:red}</style><p>Hi&nbsp;there<br>you<script>alert(1)</script></p><ul><li>One<li>Two</ul>"
    assert read_mail(plain(html, Content_Type="text/html; charset=utf-8")).text == "Hi there\nyou\n- One\n- Two"


def test_plain_text_is_preferred_to_html() -> None:
    mail = mixed(("Content-Type: text/plain", b"Plain"), ("Content-Type: text/html", b"<p>Rich</p>"))
    assert read_mail(mail).text == "Plain"


def test_a_quote_in_html_is_marked() -> None:
    assert text_of_html("Yes<blockquote>Do <b>you</b><br>agree?</blockquote>") == "Yes\n> Do you\n> agree?"


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000 + "x", "&" * 500_000, "<" * 500_000, "<a " + "x " * 200_000, "<!--" * 100_000]
)
def test_html_of_attackers_ends(html: str) -> None:
    assert "<div" not in text_of_html(html)


MEGABYTE = 1024 * 1024
HOSTILE = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 100,
    "no headers": b"\r\n\r\nbody",
    "nested multiparts": b"From: a@b.c\r\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
    "nested messages": b"From: a@b.c\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "many parts": b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 300_000,
    "brackets": b"From: " + b"(" * 2000 + b"\r\n\r\nx",
    "parameters": b"From: a@b.c\r\nContent-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nx",
    "numbered parameters": b"From: a@b.c\r\nContent-Type: text/plain"
    + b"".join(b"; a*%d=b" % n for n in range(100_000))
    + b"\r\n\r\nx",
    "long header": b"From: a@b.c\r\nSubject: " + b"a" * (9 * MEGABYTE) + b"\r\n\r\nx",
    "open boundary": b"From: a@b.c\r\nContent-Type: multipart/mixed\r\n\r\nx",
    "message id": b"From: a@b.c\r\nMessage-ID: <a@" + b"[" * 1900 + b"\r\n\r\nx",
    "base64": b"From: a@b.c\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"!!!!" * MEGABYTE,
    "ten megabytes": b"From: a@b.c\r\n\r\n" + b"lorem ipsum\r\n" * (10 * MEGABYTE // 13),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_is_it_is_read_or_refused(name: str) -> None:
    try:
        letter = read_mail(HOSTILE[name])
    except UnreadableMail:
        return
    assert len(letter.subject) <= 250
    split_reply(letter.text)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(head: bytes, body: bytes) -> None:
    for raw in (head, b"From: a@b.c\r\n" + head + b"\r\n\r\n" + body, plain(body, Content_Type="multipart/mixed")):
        try:
            read_mail(raw).text.encode()
        except UnreadableMail:
            continue


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Sue <s@x.example> wrote:\n> Did it help?", "Yes."),
        ("Ja.\n\nAm 02.03.2026 um 10:00 schrieb Sue <s@x.example>:\n> Hat es geholfen?", "Ja."),
        ("Oui.\n\nLe lun. 2 mars 2026 à 10:00, Sue <s@x.example> a écrit :\n> Alors ?", "Oui."),
        ("No.\n\n-----Original Message-----\nFrom: Sue\nSent: Monday\nTo: Ann\nSubject: Help\n\nDid it?", "No."),
        ("def f():\n    return  1\n\nOn 2 Mar 2026, Sue wrote:\n> How?", "def f():\n    return  1"),
        ("No quote here.\n\nTwo paragraphs.", "No quote here.\n\nTwo paragraphs."),
        ("> Did it help?", "> Did it help?"),
    ],
)
def test_an_answer_is_told_from_what_it_quotes(text: str, answer: str) -> None:
    found, rest = split_reply(text)
    assert found == answer
    assert found + rest in text.replace("\n\n", "") or text.replace("\n", "") == (found + rest).replace("\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "On " * 20_000,
        "On a wrote " * 6_000,
        "\n" * 60_000,
        "\n \n\t" * 20_000,
        "On\n" * 20_000,
        ("On " * 53 + "\n") * 400,
    ],
)
def test_quotes_of_attackers_end(text: str) -> None:
    assert split_reply(text)[1] == ""


def origin(sender: str = "ann@else.example", key: str = "a@else.example", kind: str = "", **headers: str) -> Origin:
    return origin_of(
        {name.replace("_", "-"): value for name, value in headers.items()},
        sender=sender,
        message_id=key,
        content_type=kind or "text/plain",
        own_host="hub.example",
        own_addresses={"help@acme.example"},
    )


OUR_KEY = f"rrt-7-{'a' * 20}.0190b5a0-0000-7000-8000-000000000001@hub.example"


def test_a_person() -> None:
    assert origin() is Origin.PERSON
    assert origin(auto_submitted="no") is Origin.PERSON
    assert origin(return_path="<ann@else.example>") is Origin.PERSON
    assert origin(key="anything@hub.example") is Origin.PERSON


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "auto-generated (rejected)"},
        {"precedence": "Bulk"},
        {"precedence": "auto_reply"},
        {"x_autoreply": "yes"},
        {"list_id": "<list.else.example>"},
        {"return_path": "<>"},
        {"sender": "MAILER-DAEMON@else.example"},
        {"sender": "no-reply@else.example"},
        {"sender": ""},
        {"kind": "multipart/report"},
    ],
)
def test_a_machine(headers: dict[str, str]) -> None:
    assert origin(**headers) is Origin.MACHINE


@pytest.mark.parametrize(
    "headers",
    [{"key": OUR_KEY}, {"x_loop": "hub.example"}, {"sender": "Help@Acme.example"}, {"key": OUR_KEY.partition(".")[2]}],
)
def test_our_own(headers: dict[str, str]) -> None:
    assert origin(**headers) is Origin.US
