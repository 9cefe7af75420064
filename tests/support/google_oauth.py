"""OAuth 2.0 of a scripted Google account: consent page, tokens, revocation, scopes. Strict to the documentation for
installed apps (RFC 6749, 7009, 7523, 7636, 8252).

Options (see google_server.py): access_ttl_s; tell_life, whether an answer with an access token says how long it lives;
scopes, what POST /_scopes makes of the refresh tokens so far; grant_life_s, the life of a sign-in, told as Google tells it for projects in
"Testing"; ungranted, scopes that a Workspace leaves out whatever the person ticks; keep_refresh, whether the refresh
token is left out of the answer to a code.
"""

import base64
import hashlib
import html
import json
import re
import secrets
import time
import urllib.parse

from google_store import Refusal

CLIENT_ID, CLIENT_SECRET = "test-client.apps.example", "test-client-secret"
PREFIX = "https://www.googleapis.com/auth/"
EVENT_SCOPES = (PREFIX + "calendar", PREFIX + "calendar.events")
OWN_SCOPES = (PREFIX + "calendar", PREFIX + "calendar.app.created")
LIST_SCOPES = (PREFIX + "calendar", PREFIX + "calendar.readonly", PREFIX + "calendar.calendarlist",
               PREFIX + "calendar.calendarlist.readonly")
ALL_SCOPES = tuple(sorted(set(EVENT_SCOPES + OWN_SCOPES + LIST_SCOPES)))
CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")
VERIFIER = re.compile(r"^[A-Za-z0-9._~-]{43,128}$")
PAGE = """<!doctype html><title>Sign in</title><form method="post" action="%(action)s">
<input type="hidden" name="request" value="%(request)s">
%(boxes)s<button type="submit" name="answer" value="allow">Continue</button>
<button type="submit" name="answer" value="deny">Cancel</button></form>
"""


def s256(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def is_loopback(redirect):
    parts = urllib.parse.urlsplit(redirect)
    return (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1") and parts.port is not None
            and parts.path in ("", "/") and not parts.query and not parts.fragment)


class Grants:
    """What the account has handed out."""

    def __init__(self):
        self.asked, self.codes, self.access, self.refresh = {}, {}, {}, {}
        self.given = {"codes": [], "verifiers": [], "access": [], "refresh": []}  # all there ever were

    def new_refresh(self, scope):
        token = "1//" + secrets.token_urlsafe(24)
        self.given["refresh"].append(token)
        self.refresh[token] = scope
        return token

    def new_access(self, scope, ttl_s):
        token = "ya29." + secrets.token_urlsafe(24)
        self.given["access"].append(token)
        self.access[token] = (scope, time.monotonic() + ttl_s)
        return token

    def end_access(self):
        self.access.clear()

    def end_all(self):
        self.access.clear()
        self.refresh.clear()

    def narrow(self, scope):
        self.refresh = {token: scope for token in self.refresh}

    def revoke(self, token):
        """Revoking one token takes back the whole grant: the access tokens go too."""
        known = self.refresh.pop(token, None) is not None or token in self.access
        if known:
            self.access.clear()
        return known


class OAuth:
    """Mixed into the request handler: `server.grants` is a Grants, `server.options` the options."""

    def oauth(self, path):
        """Whether the path is one of OAuth's; answers it."""
        routes = {("GET", "/o/oauth2/v2/auth"): self.consent_page, ("POST", "/o/oauth2/v2/auth/consent"): self.consent,
                  ("POST", "/token"): self.token, ("POST", "/revoke"): self.revoke}
        answer = routes.get((self.command, path))
        if answer:
            answer()
        return answer is not None

    # -------------------------------------------------------------- the person

    def error_page(self, name):
        self.send(400, ("<!doctype html><title>Error</title><p>Error 400: %s" % name).encode(), Content_Type="text/html")

    def consent_page(self):
        query = self.query
        scopes = query.get("scope", "").split()
        if query.get("client_id") != CLIENT_ID:
            return self.error_page("invalid_client")
        if not is_loopback(query.get("redirect_uri", "")):
            return self.error_page("redirect_uri_mismatch")
        if query.get("response_type") != "code" or not scopes or not set(scopes) <= set(ALL_SCOPES):
            return self.error_page("invalid_request")
        if query.get("code_challenge_method") != "S256" or not CHALLENGE.match(query.get("code_challenge", "")):
            return self.error_page("invalid_request")
        request = secrets.token_urlsafe(8)
        self.server.grants.asked[request] = query
        boxes = "".join('<input type="checkbox" name="scope" value="%s" checked>\n' % html.escape(s) for s in scopes)
        page = PAGE % {"action": "/o/oauth2/v2/auth/consent", "request": request, "boxes": boxes}
        self.send(200, page.encode(), Content_Type="text/html; charset=utf-8")

    def consent(self):
        form = urllib.parse.parse_qs(self.body.decode())
        query = self.server.grants.asked.pop(form.get("request", [""])[0], None)
        if query is None:
            return self.error_page("invalid_request")
        ticked = [s for s in query["scope"].split() if s in form.get("scope", [])]
        granted = [s for s in ticked if s not in self.server.options["ungranted"]]
        answer = {"state": query["state"]} if "state" in query else {}
        if form.get("answer") != ["allow"] or not ticked:
            answer["error"] = "access_denied"
        else:
            code = "4/" + secrets.token_urlsafe(24)
            self.server.grants.given["codes"].append(code)
            self.server.grants.codes[code] = dict(query, granted=" ".join(granted))
            answer.update(code=code, scope=" ".join(granted))
        self.send(302, b"", Location=query["redirect_uri"] + "?" + urllib.parse.urlencode(answer))

    # -------------------------------------------------------------- tokens

    def oauth_error(self, code, name, text):
        self.send(code, {"error": name, "error_description": text})

    def token(self):
        form = dict(urllib.parse.parse_qsl(self.body.decode()))
        self.row["grant"] = form.get("grant_type")
        if form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            self.assertion(form.get("assertion", ""))
        elif form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            self.oauth_error(401, "invalid_client", "The OAuth client was not found.")
        elif form.get("grant_type") == "authorization_code":
            self.exchange(form)
        elif form.get("grant_type") == "refresh_token":
            scope = self.server.grants.refresh.get(form.get("refresh_token"))
            if scope is None:
                self.oauth_error(400, "invalid_grant", "Token has been expired or revoked.")
            else:
                self.give_access(scope)
        else:
            self.oauth_error(400, "unsupported_grant_type", "Invalid grant_type")

    def give_access(self, scope, **more):
        ttl = self.server.options["access_ttl_s"]
        answer = {"access_token": self.server.grants.new_access(scope, ttl), "scope": scope, "token_type": "Bearer"}
        if self.server.options["tell_life"]:
            answer["expires_in"] = ttl
        self.send(200, dict(answer, **more))

    def exchange(self, form):
        options, grants = self.server.options, self.server.grants
        grants.given["verifiers"].append(form.get("code_verifier", ""))
        asked = grants.codes.pop(form.get("code"), None)
        if asked is None:
            self.oauth_error(400, "invalid_grant", "Malformed auth code.")
        elif asked["redirect_uri"] != form.get("redirect_uri"):
            self.oauth_error(400, "redirect_uri_mismatch", "Bad Request")
        elif not VERIFIER.match(form.get("code_verifier", "")) or s256(form["code_verifier"]) != asked["code_challenge"]:
            self.oauth_error(400, "invalid_grant", "Invalid code verifier.")
        else:
            more = {}
            if asked.get("access_type") == "offline" and asked.get("prompt") == "consent" and not options["keep_refresh"]:
                more["refresh_token"] = grants.new_refresh(asked["granted"])
                if options["grant_life_s"]:
                    more["refresh_token_expires_in"] = options["grant_life_s"]
            self.give_access(asked["granted"], **more)

    def assertion(self, jwt):
        """A service account's signed assertion: form and claims are checked, the signature only for presence."""
        try:
            head, claims, signature = jwt.split(".")
            pad = lambda part: part + "=" * (-len(part) % 4)
            head = json.loads(base64.urlsafe_b64decode(pad(head)))
            claims = json.loads(base64.urlsafe_b64decode(pad(claims)))
        except ValueError:
            self.oauth_error(400, "invalid_grant", "Invalid JWT.")
            return
        life = claims.get("exp", 0) - claims.get("iat", 0)
        own_url = "http://%s/token" % self.headers.get("Host")
        is_form_right = claims.get("aud") == own_url and head.get("alg") == "RS256" and signature and 0 < life <= 3600
        if not is_form_right or abs(claims["iat"] - time.time()) > 300:
            self.oauth_error(400, "invalid_grant", "Invalid JWT: aud, iat, exp or signature.")
            return
        self.give_access(claims.get("scope", ""))

    def revoke(self):
        form = dict(urllib.parse.parse_qsl(self.body.decode()))
        if not self.server.grants.revoke(form.get("token") or self.query.get("token")):
            self.oauth_error(400, "invalid_token", "Token expired or revoked")
            return
        self.send(200, {})

    # -------------------------------------------------------------- scopes

    def granted(self):
        """The scopes of the request's token."""
        kind, _, token = (self.headers.get("Authorization") or "").partition(" ")
        scope, expires = self.server.grants.access.get(token, ("", 0)) if kind == "Bearer" else ("", 0)
        if time.monotonic() >= expires:
            raise Refusal(401, "authError", "Invalid Credentials")
        return set(scope.split())

    def need_scope(self, wanted):
        if not self.granted() & set(wanted):
            raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
