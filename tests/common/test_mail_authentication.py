"""Who vouches for the sender of a mail: results of servers that count, and what anybody may have written."""

import pytest

from common.mail_authentication import vouched

OURS = "mx.hub.example"
FORGED = f"{OURS}; dmarc=pass header.from=acme.example"


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([], "unknown"),
        ([f"{OURS}; dmarc=pass (p=reject) header.from=acme.example"], "pass"),
        ([f"{OURS} 1; spf=pass smtp.mailfrom=bounce@mail.acme.example; dkim=none"], "pass"),
        ([f"{OURS}; dkim=pass header.d=acme.example; spf=softfail smtp.mailfrom=x@list.example"], "pass"),
        ([f"{OURS}; dkim=pass header.i=@acme.example"], "pass"),
        ([f"{OURS}; DKIM=PASS Header.D=ACME.example"], "pass"),
        # Somebody else's domain vouches for nobody here.
        ([f"{OURS}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example"], "unknown"),
        ([f"{OURS}; dkim=pass header.d=notacme.example"], "unknown"),
        ([f"{OURS}; dkim=pass header.d=example"], "unknown"),
        ([f"{OURS}; dmarc=pass header.from=evil.example"], "fail"),
        ([f"{OURS}; dmarc=fail header.from=acme.example; dkim=pass header.d=acme.example"], "fail"),
        ([f"{OURS}; spf=fail smtp.mailfrom=x@acme.example"], "fail"),
        ([f"{OURS}; none"], "unknown"),
        # What stands below is the sender's own writing.
        ([f"{OURS}; dmarc=fail", FORGED], "fail"),
        ([f"{OURS}; none", FORGED], "unknown"),
        (["elsewhere.example; dmarc=pass header.from=acme.example"], "unknown"),
        (["elsewhere.example; dmarc=fail", FORGED], "pass"),
        ([f"{OURS} (dmarc=pass) ; x (; dmarc=pass header.from=acme.example)"], "unknown"),
        ([f'{OURS}; spf=pass smtp.mailfrom="x;dmarc=pass"@evil.example; dmarc=fail header.from=acme.example'], "fail"),
        ([f"{OURS}; dmarc=pass header.from=acme.example; dmarc=fail header.from=acme.example"], "fail"),
        ([f"{OURS}; dmarc=none header.from=acme.example; dmarc=pass header.from=evil.example"], "fail"),
        (["", ";;;", "=;=", "((((" * 50], "unknown"),
    ],
)
def test_a_server_that_is_named(results: list[str], found: str) -> None:
    assert vouched(results, sender="Kim@Acme.example", servers=[OURS]) == found


@pytest.mark.parametrize(
    ("results", "found"),
    [
        ([FORGED], "unknown"),
        ([f"{OURS}; dmarc=fail header.from=acme.example"], "fail"),
        ([f"{OURS}; spf=fail smtp.mailfrom=x@acme.example; dkim=pass header.d=acme.example"], "unknown"),
        ([FORGED, "elsewhere.example; dmarc=fail"], "unknown"),
        ([], "unknown"),
    ],
)
def test_without_one_a_failure_counts_and_a_pass_proves_nothing(results: list[str], found: str) -> None:
    assert vouched(results, sender="kim@acme.example", servers=[]) == found
