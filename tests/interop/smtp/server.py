"""A mail server for the tests: aiosmtpd, which is none of ours, and Python's own reader of mail.

One argument: a JSON object of settings. Prints its port, then one JSON object for each mail that it took."""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

settings = json.loads(sys.argv[1])
answers = list(settings.get("answers", []))


def say(value):
    print(json.dumps(value), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = answers.pop(0) if answers else None
        if answer == "silence":
            await asyncio.sleep(3600)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = lambda kind: mail.get_body(preferencelist=(kind,)).get_content()
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "connection": id(session),
            "encrypted": session.ssl is not None or settings["tls"] == "tls",
            "signed_in": bool(session.authenticated),
            "headers": [[name.lower(), str(value)] for name, value in mail.items()],
            "text": body("plain"),
            "html": body("html"),
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        })
        return "250 OK"


def sign_in(server, session, envelope, mechanism, given):
    known = (given.login.decode(), given.password.decode()) == tuple(settings["login"])
    # Not handled: the server says no by itself.
    return AuthResult(success=known, handled=known)


def session():
    context = certificate() if settings["tls"] == "starttls" else None
    return SMTP(
        Handler(),
        hostname="mail.test",
        enable_SMTPUTF8=True,
        tls_context=context,
        require_starttls=context is not None,
        authenticator=sign_in if settings.get("login") else None,
        auth_required=bool(settings.get("login")),
        auth_require_tls=context is not None,
    )


def certificate():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings["certificate"], settings["key"])
    return context


async def main():
    context = certificate() if settings["tls"] == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context)
    say(server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
