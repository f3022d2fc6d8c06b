"""What the knowledge base of the demo world says of sign-in, integration and data."""

from hub.demo.article_kinds import Piece, Words

TECHNICAL: tuple[Piece, ...] = (
    Piece(
        shelf="access",
        audience="public",
        writer="support",
        age=160,
        en=Words(
            title="Reset a forgotten password",
            summary="How somebody comes in again who has forgotten their password.",
            body="1. Open the sign-in page and choose **Forgotten your password?**\n"
            "2. Type the e-mail address that you sign in with.\n"
            "3. Follow the link in the mail within an hour. It works once.\n\n"
            "No mail? Look into the folder for spam, then ask the administrator of your organization whether "
            "your address is spelled right. Whoever signs in through their company has no password here.",
        ),
        de=Words(
            title="Ein vergessenes Passwort zurücksetzen",
            summary="So kommt wieder hinein, wer sein Passwort vergessen hat.",
            body="1. Öffnen Sie die Anmeldeseite und wählen Sie **Passwort vergessen?**\n"
            "2. Geben Sie die E-Mail-Adresse ein, mit der Sie sich anmelden.\n"
            "3. Folgen Sie innerhalb einer Stunde dem Link in der E-Mail. Er gilt einmal.\n\n"
            "Keine E-Mail? Sehen Sie im Spam-Ordner nach. Wer sich über seine Firma anmeldet, hat hier kein "
            "Passwort.",
        ),
    ),
    Piece(
        shelf="access",
        audience="public",
        writer="senior",
        age=150,
        en=Words(
            title="Single sign-on goes round in circles",
            summary="What to look at when the sign-in page comes again and again.",
            body="Most often the clocks of the two sides differ, or the address to return to is not the one that is "
            "registered.\n\n"
            "1. Compare the time of your identity provider with a time server: more than two minutes is too "
            "much.\n"
            "2. Compare the **return address** letter by letter, the slash at its end included.\n"
            "3. Try a private window: an old cookie of another account has the same effect.\n\n"
            "If it goes on, send us the time of one attempt. We need no password and no screenshot of one.",
        ),
        de=Words(
            title="Single Sign-on dreht sich im Kreis",
            summary="Was zu prüfen ist, wenn immer wieder die Anmeldeseite kommt.",
            body="Meist gehen die Uhren der beiden Seiten verschieden, oder die Rücksprungadresse ist nicht die "
            "hinterlegte. Vergleichen Sie beides, und versuchen Sie es in einem privaten Fenster.",
        ),
    ),
    Piece(
        shelf="access",
        audience="public",
        writer="support",
        age=95,
        en=Words(
            title="Invite a colleague",
            summary="Who may invite, and what to do when no invitation arrives.",
            body="Administrators of your organization invite under **Settings > People**. An invitation works for "
            "seven days and once.\n\n"
            "If none arrives, check the address, allow mails from us, and send it again from the same page: the "
            "older one ends then.",
        ),
    ),
    Piece(
        shelf="access",
        audience="customer",
        writer="support2",
        age=200,
        en=Words(
            title="Give a contractor access for a limited time",
            summary="An account that ends by itself.",
            body="1. Invite the contractor under **Settings > People**.\n"
            "2. Set **Ends on** to the last day of the contract.\n"
            "3. Choose the role *Guest*: it reads projects that it was added to, and no other.",
        ),
    ),
    Piece(
        shelf="integration",
        audience="partner",
        writer="senior",
        age=80,
        en=Words(
            title="Webhooks that arrive twice",
            summary="Why it happens, and how to take each one once.",
            body="We send a webhook again when your side does not answer with a status of 2xx within ten seconds. It "
            "may have been received all the same.\n\n"
            "- Answer first, and work afterwards.\n"
            "- Keep the value of `X-Delivery-Id` for a day, and pass over what you have seen.\n"
            "- Never rely on the order: each event carries its own time.",
        ),
        de=Words(
            title="Webhooks, die zweimal ankommen",
            summary="Warum das geschieht, und wie man jeden einmal verarbeitet.",
            body="Antwortet Ihre Seite nicht innerhalb von zehn Sekunden mit 2xx, senden wir noch einmal. Antworten "
            "Sie zuerst und arbeiten Sie danach; merken Sie sich `X-Delivery-Id` einen Tag lang.",
        ),
    ),
    Piece(
        shelf="integration",
        audience="public",
        writer="senior",
        age=175,
        en=Words(
            title="Scopes of API tokens",
            summary="Which scope a token needs for what.",
            body="| scope | reads | writes |\n"
            "|---|---|---|\n"
            "| `orders:read` | orders and their lines | nothing |\n"
            "| `orders:write` | the same | orders |\n"
            "| `people:read` | names and roles | nothing |\n\n"
            "A token belongs to a person and never has more rights than they have. Make one for each program, "
            "so that you can end one alone.",
        ),
    ),
    Piece(
        shelf="integration",
        audience="public",
        writer="senior2",
        age=60,
        en=Words(
            title="Limits of calls, and what to do at a launch",
            summary="How many calls a minute there are, and how to ask for more.",
            body="Each token has 600 calls a minute. `X-RateLimit-Remaining` says what is left; at 429 wait for the "
            "seconds in `Retry-After`.\n\n"
            "For a launch we raise the limit for a while: tell us **five working days before**, with the day, "
            "the hour and the number of calls that you expect.",
        ),
    ),
    Piece(
        shelf="integration",
        audience="partner",
        writer="senior",
        age=210,
        en=Words(
            title="Certify an integration",
            summary="What is tested before your integration is listed.",
            body="We run your integration against our test tenant: sign-in, paging, limits, errors, and what happens "
            "when we are down. The list of tests is in the partner portal under **To do**. Most integrations "
            "pass in the second round; plan two weeks.",
        ),
    ),
    Piece(
        shelf="integration",
        audience="public",
        writer="senior2",
        age=45,
        en=Words(
            title="The connector loses its connection at night",
            summary="Idle connections are closed by firewalls. Keep them alive.",
            body="Many firewalls close connections that are quiet for 15 minutes. Set `keepalive` of the connector "
            "to 300 seconds, and let it connect again by itself: `reconnect: always`.\n\n"
            "If it stops at the same time each night, look for a backup or an update of the proxy at that hour.",
        ),
    ),
    Piece(
        shelf="data",
        audience="public",
        writer="senior",
        age=130,
        en=Words(
            title="Orders are missing after a synchronization",
            summary="Where to look before you load everything again.",
            body="1. Open **Data > Runs** and look at the last run: a yellow one has left rows out, with the reason "
            "for each.\n"
            "2. Rows without a customer wait until the customer is there; they come with the next run.\n"
            "3. Only then start **Load again from** with the hour before the gap. Orders that are there are not "
            "doubled.",
        ),
        de=Words(
            title="Nach einem Abgleich fehlen Bestellungen",
            summary="Wo Sie nachsehen, bevor Sie alles neu laden.",
            body="Öffnen Sie **Daten > Läufe**: Ein gelber Lauf hat Zeilen ausgelassen und nennt den Grund. Zeilen "
            "ohne Kunden warten, bis es den Kunden gibt.",
        ),
    ),
    Piece(
        shelf="data",
        audience="public",
        writer="support2",
        age=140,
        en=Words(
            title="Exports with semicolons, and with umlauts",
            summary="Delimiter and encoding of files, so that spreadsheets read them.",
            body="Under **Export > Options** choose the delimiter and the encoding. Spreadsheets in German and "
            "French expect semicolons and *UTF-8 with mark*; names with umlauts that come out as question marks "
            "were opened as Windows-1252.",
        ),
    ),
    Piece(
        shelf="data",
        audience="customer",
        writer="support",
        age=240,
        en=Words(
            title="How long data is kept",
            summary="Retention by kind of data, and how to ask for deletion.",
            body="Orders stay for ten years, logs for ninety days, files of exports for seven days. The deletion of "
            "a person is asked for by an administrator under **Settings > Privacy** and is done within thirty "
            "days.",
        ),
    ),
    Piece(
        shelf="access",
        audience="customer",
        writer="support",
        age=None,
        en=Words(
            title="Second factors for everybody",
            summary="How to require one, and what to tell people before.",
            body="Announce it two weeks before. Set **Settings > Security > Second factor** to *required*; whoever "
            "has none is asked at the next sign-in.",
        ),
    ),
)
