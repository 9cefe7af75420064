#!/usr/bin/env python3
"""A scripted Google account for tests: OAuth 2.0 and Calendar API v3, strict to the public documentation.

    google_server.py [--port N] [--option NAME=JSON]…

It is not Google: it refuses what the documentation says is refused, and does on order what is seen of the real
service under load. Prints "url=… api=… auth=… token=… revoke=… client_id=… client_secret=… refresh_token=…" and
serves until its standard input ends.

Control, without a token:
    GET, DELETE /_log           {"requests": [...]}; a row has method, path, query, if_match, status (of a lost answer: the
                                one that was lost), "grant" (of /token), "inserted" (the id of an event that was made),
                                "gzip" (the answer was compressed)
    DELETE /_all                every event, without a trace
    GET /_events/CALENDAR       all events, with tombstones
    PUT /_events/CALENDAR       an event as a person's program leaves it, in one piece
    POST /_events/CALENDAR      an edit by a person: {"id", ...} merges, with "status": "cancelled" deletes, without id inserts,
                                with "recurringEventId" and "originalStartTime" changes or cancels one occurrence of a series
    POST /_options              members of OPTIONS
    POST, DELETE /_fault        see dav_faults.py; kind "google" answers {"code", "reason"} in Google's error shape
    POST /_expire               all sync tokens so far are too old
    POST /_end_access           all access tokens so far have ended
    POST /_scopes               the refresh tokens so far grant what the option "scopes" says
    POST /_revoke               the refresh token dies
    GET, POST /_calendar        {"id", "summary", "role"}
    GET /_secrets               all that OAuth has handed out, and "valid": the refresh tokens that still count
"""

import argparse
import gzip
import json
import random
import secrets
import socket
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dav_faults import Faults
from lies import Liar, google_name, worse_google
from google_oauth import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET, EVENT_SCOPES, LIST_SCOPES, OWN_SCOPES, Grants, OAuth
from google_store import Account, Calendar, Clock, Refusal, bad, too_old

OPTIONS = {
    "delay_ms": 0,
    "page": 0,  # most events in a page, whatever the client asks; 0: as it asks
    "access_ttl_s": 3600,  # life of an access token
    "tell_life": True,  # the answer that brings an access token says how long it lives
    "lose_percent": 0,  # share of answers to writes that are lost after they were carried out
    "refuse_percent": 0,  # share of requests answered 403 rateLimitExceeded
    "fail_percent": 0,  # share of requests answered 500, half of them after they were carried out
    "cut_percent": 0,  # share of answers with a body that ends early
    "expire_percent": 0,  # share of listings whose sync token is too old
    "empty_pages": False,  # each listing begins with a page that has no events
    "description_max": None,  # longest description in characters; the reference names none, but there is one
    "description_refused": False,  # a longer one is refused, otherwise cut
    "revive_forbidden": False,  # PUT on a deleted id answers 403
    "scopes": None,  # what POST /_scopes makes of the refresh tokens so far
    "grant_life_s": None,  # life of a sign-in, as for a project in "Testing"
    "ungranted": [],  # scopes that are never granted
    "keep_refresh": False,  # no refresh token in the answer to a code
    "date": None,  # the Date header of every answer
    "now": None,  # the time of changes
    "seed": 1,  # of the random faults
}
TOKEN_EXCLUDES = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin")
BACKEND_ERROR = Refusal(500, "backendError", "Backend Error")


class Hangup(ConnectionError):
    """The connection ends here."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port):
        self.options, self.faults, self.account = dict(OPTIONS), Faults(), Account()
        self.log, self.lock, self.liar = [], threading.Lock(), Liar(self.account)
        self.random = random.Random(1)
        self.grants, self.made_by_app = Grants(), set()
        self.refresh_token = self.grants.new_refresh(" ".join(ALL_SCOPES))
        super().__init__(("127.0.0.1", port), Handler)

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, OSError)):
            super().handle_error(request, client_address)

    def chance(self, percent):
        with self.lock:
            return self.random.random() * 100 < percent


class Handler(OAuth, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return self.server.options["date"] or super().date_time_string(timestamp)

    # -------------------------------------------------------------- answers

    def send(self, code, body=None, **headers):
        if self.failing:
            self.failing = False
            raise BACKEND_ERROR
        body = worse_google(self.fault, body)
        data = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        self.row["status"] = code
        if self.lost:
            raise Hangup
        if len(data) > 1000 and self.takes_gzip():
            data, self.row["gzip"] = gzip.compress(data, 1), True
            headers["Content_Encoding"] = "gzip"
        full = len(data)
        if self.cut is not None:
            data = data[: self.cut]
        self.send_response(code)
        if code != 204:
            headers.setdefault("Content_Type", "application/json; charset=UTF-8")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(full))
        self.end_headers()
        self.wfile.write(data)
        if len(data) < full:
            raise Hangup

    def takes_gzip(self):
        """Google compresses for clients that say so twice."""
        return all("gzip" in self.headers.get(name, "") for name in ("Accept-Encoding", "User-Agent"))

    def refuse(self, refusal, **headers):
        detail = {"domain": "global", "reason": refusal.reason, "message": refusal.message}
        if refusal.reason.endswith("RateLimitExceeded") or refusal.reason == "rateLimitExceeded":
            detail["domain"] = "usageLimits"
        self.send(refusal.code, {"error": {"errors": [detail], "code": refusal.code, "message": refusal.message}}, **headers)

    # -------------------------------------------------------------- dispatch

    def handle_any(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urllib.parse.urlsplit(self.path)
        self.segments = [urllib.parse.unquote(s) for s in parts.path.split("/") if s]
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.repeated = urllib.parse.parse_qs(parts.query)
        self.row = {"method": self.command, "path": parts.path, "query": self.query, "status": 0, "if_match": self.headers.get("If-Match")}
        self.fault, self.lost, self.failing, self.cut = None, False, False, None
        options = self.server.options
        try:
            if parts.path.startswith("/_"):
                self.control()
                return
            with self.server.lock:
                self.server.log.append(self.row)
            if options["delay_ms"]:
                time.sleep(options["delay_ms"] / 1000)
            self.disturb(parts.path)
            self.route(parts.path)
        except Refusal as refusal:
            failing, self.failing = self.failing, False
            self.refuse(BACKEND_ERROR if failing else refusal)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def disturb(self, path):
        options, chance = self.server.options, self.server.chance
        self.fault = self.server.faults.next_for(self.command, path, google_name(self.command, path))
        kind = self.fault and self.fault["kind"]
        if kind == "google":
            raise Refusal(self.fault["code"], self.fault["reason"], self.fault.get("message", self.fault["reason"]))
        if kind == "status":
            self.send(self.fault["code"], self.fault.get("body", "").encode(), **self.fault.get("headers", {}))
            raise Hangup
        if kind == "drop":
            raise Hangup
        if kind == "delay":
            time.sleep(self.fault["ms"] / 1000)
        if kind == "lose":
            self.lost = True
        if kind == "cut":
            self.cut = self.fault["bytes"]
        if path.startswith("/calendar/"):
            if chance(options["refuse_percent"]):
                raise Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded")
            if chance(options["fail_percent"]):
                self.failing = chance(50)
                if not self.failing:
                    raise BACKEND_ERROR
            if chance(options["cut_percent"]):
                self.cut = 20
            if self.command != "GET" and chance(options["lose_percent"]):
                self.lost = True

    def route(self, path):
        if path.startswith("/calendar/v3/"):
            with self.server.account.lock:
                name = google_name(self.command, path)
                self.server.liar.carry_out(name, self.fault, lambda: self.calendar_api(self.segments[2:]))
        elif self.oauth(path):
            return
        else:
            raise Refusal(404, "notFound", "Not Found")

    # -------------------------------------------------------------- Calendar API

    def json_body(self):
        try:
            body = json.loads(self.body.decode() or "{}")
        except ValueError:
            raise bad("Parse Error", "parseError")
        if not isinstance(body, dict):
            raise bad("Parse Error", "parseError")
        return body

    def calendar_api(self, path):
        self.granted()
        with self.server.account.lock:
            if path[:3] == ["users", "me", "calendarList"]:
                self.calendar_list(path[3:])
            elif path[:1] == ["calendars"] and len(path) == 1 and self.command == "POST":
                self.need_scope(OWN_SCOPES)
                body = self.json_body()
                name = body.get("summary")
                if not name:
                    raise bad("Missing summary.", "required")
                calendar = self.server.account.add(Calendar("c_%s@group.calendar.example" % secrets.token_hex(8), name,
                                                            zone=body.get("timeZone", "UTC")))
                self.server.made_by_app.add(calendar.id)
                self.send(200, {"kind": "calendar#calendar", "id": calendar.id, "summary": name, "timeZone": calendar.zone})
            elif path[:1] == ["calendars"] and len(path) == 2 and self.command == "GET":
                calendar = self.server.account.calendar(path[1])
                self.need_scope(LIST_SCOPES + self.own_scopes(calendar))
                self.send(200, {"kind": "calendar#calendar", "id": calendar.id, "summary": calendar.summary, "timeZone": calendar.zone})
            elif path[:1] == ["calendars"] and path[2:3] == ["events"]:
                calendar = self.server.account.calendar(path[1])
                self.need_scope(EVENT_SCOPES + self.own_scopes(calendar))
                self.events_api(calendar, path[3:])
            else:
                raise Refusal(404, "notFound", "Not Found")

    def own_scopes(self, calendar):
        """What is enough for a calendar that was made through the API, and for no other."""
        return OWN_SCOPES if calendar.id in self.server.made_by_app else ()

    def calendar_list(self, rest):
        self.need_scope(LIST_SCOPES)
        rows = [{"kind": "calendar#calendarListEntry", "id": c.id, "summary": c.summary, "accessRole": c.role,
                 "primary": c.primary, "timeZone": c.zone, "backgroundColor": "#9fe1e7"} for c in self.server.account.calendars.values()]
        if rest:
            wanted = self.server.account.calendar(rest[0]).id
            self.send(200, next(row for row in rows if row["id"] == wanted))
            return
        start, size = int(self.query.get("pageToken", "0")), self.page_bounds()
        reply = {"kind": "calendar#calendarList", "items": rows[start : start + size]}
        if start + size < len(rows):
            reply["nextPageToken"] = str(start + size)
        self.send(200, reply)

    def event_body(self):
        body, most = self.json_body(), self.server.options["description_max"]
        if most and len(body.get("description") or "") > most:
            if self.server.options["description_refused"]:
                raise bad("The description is too long.")
            body["description"] = body["description"][:most]
        return body

    def events_api(self, calendar, rest):
        if_match = self.headers.get("If-Match")
        if self.command in ("POST", "PUT", "PATCH", "DELETE") and self.query.get("sendUpdates", "none") not in ("none", "all", "externalOnly"):
            raise bad("Invalid sendUpdates.")
        if not rest and self.command == "GET":
            self.list_events(calendar)
        elif not rest and self.command == "POST":
            event = calendar.insert(self.event_body())
            self.row["inserted"] = event["id"]
            self.send_event(event)
        elif len(rest) == 1 and self.command == "GET":
            self.send_event(calendar.find(rest[0]))
        elif len(rest) == 1 and self.command == "PUT":
            self.send_event(calendar.replace(rest[0], self.event_body(), if_match, self.server.options["revive_forbidden"]))
        elif len(rest) == 1 and self.command == "PATCH":
            self.send_event(calendar.patch(rest[0], self.event_body(), if_match))
        elif len(rest) == 1 and self.command == "DELETE":
            calendar.delete(rest[0], if_match)
            self.send(204)
        else:
            raise Refusal(404, "notFound", "Not Found")

    def send_event(self, event):
        self.send(200, event, ETag=event["etag"])

    def page_bounds(self):
        try:
            size = int(self.query.get("maxResults", "250"))
        except ValueError:
            raise bad("Invalid maxResults.")
        if size < 1:
            raise bad("Invalid maxResults.")
        return min(size, self.server.options["page"] or 2500, 2500)

    def list_events(self, calendar):
        query = self.query
        if "syncToken" in query:
            clash = [name for name in TOKEN_EXCLUDES if name in query]
            if clash or query.get("showDeleted") == "false":
                raise bad("Cannot request filters in a sync request: " + ", ".join(clash or ["showDeleted=false"]))
            if "pageToken" not in query and self.server.chance(self.server.options["expire_percent"]):
                raise too_old()
        size = self.page_bounds()
        start, serial = (-1 if self.server.options["empty_pages"] else 0), calendar.serial
        items = calendar.items(query)
        if "pageToken" in query:
            try:
                start, serial = (int(n) for n in query["pageToken"].split("."))
            except ValueError:
                raise bad("Invalid page token.")
        stop = start + size if start >= 0 else 0
        page = items[start:stop] if stop else []
        reply = {"kind": "calendar#events", "etag": '"p%d"' % calendar.serial, "summary": calendar.summary, "timeZone": calendar.zone,
                 "accessRole": calendar.role, "defaultReminders": [], "items": page}
        if start < 0 or stop < len(items):
            reply["nextPageToken"] = "%d.%d" % (stop, serial)
        elif not any(name in query for name in TOKEN_EXCLUDES):
            fixed = {name: value for name, value in query.items() if name in ("singleEvents", "maxResults", "eventTypes")}
            reply["nextSyncToken"] = calendar.token(serial, fixed)
        if "fields" in query:
            names = {part.split("(")[0].strip() for part in split_fields(query["fields"])}
            reply = {name: value for name, value in reply.items() if name in names}
        self.send(200, reply)

    # -------------------------------------------------------------- control

    def control(self):
        server, what = self.server, self.segments[0]
        if what == "_log":
            rows = list(server.log)
            if self.command == "DELETE":
                server.log = []
            self.send(200, {"requests": rows})
        elif what == "_all":
            for calendar in server.account.calendars.values():
                calendar.empty()
            self.send(200, {})
        elif what == "_fault":
            if self.command == "DELETE":
                server.faults.clear()
                server.liar.forget()
            else:
                given = json.loads(self.body)
                for rule in given if isinstance(given, list) else [given]:
                    server.faults.order(rule)
            self.send(200, {})
        elif what == "_options":
            server.options.update(self.json_body())
            server.random, Clock.said = random.Random(server.options["seed"]), server.options["now"]
            self.send(200, server.options)
        elif what == "_expire":
            for calendar in server.account.calendars.values():
                calendar.forget_tokens()
            self.send(200, {})
        elif what == "_revoke":
            server.grants.end_all()
            self.send(200, {})
        elif what == "_scopes":
            server.grants.narrow(server.options["scopes"])
            self.send(200, {})
        elif what == "_end_access":
            server.grants.end_access()
            self.send(200, {})
        elif what == "_secrets":
            self.send(200, dict(server.grants.given, valid=list(server.grants.refresh)))
        elif what == "_calendar" and self.command == "GET":
            self.send(200, [{"id": c.id, "summary": c.summary, "zone": c.zone} for c in server.account.calendars.values()])
        elif what == "_calendar":
            body = self.json_body()
            calendar = server.account.add(Calendar(body["id"], body.get("summary", body["id"]), body.get("role", "owner")))
            self.send(200, {"id": calendar.id})
        elif what == "_events":
            self.edit(server.account.calendar(self.segments[1]))
        else:
            raise Refusal(404, "notFound", "Not Found")

    def edit(self, calendar):
        with self.server.account.lock:
            if self.command == "GET":
                self.send(200, list(calendar.events.values()))
                return
            body = self.json_body()
            if "recurringEventId" in body:
                self.send(200, calendar.change_occurrence(body))
            elif self.command == "PUT":
                self.send(200, calendar.put(body))
            elif body.get("id") not in calendar.events:
                self.send(200, calendar.insert(body))
            elif body.get("status") == "cancelled":
                self.send(200, calendar.delete(body["id"], None))
            else:
                self.send(200, calendar.patch(body["id"], body, None))


def split_fields(text):
    parts, depth, current = [], 0, ""
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += c
    return parts + [current]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--option", action="append", default=[])
    given = parser.parse_args()
    server = Server(given.port)
    for option in given.option:
        name, _, value = option.partition("=")
        if name not in OPTIONS:
            sys.exit("unknown option " + name)
        server.options[name] = json.loads(value)
    server.random = random.Random(server.options["seed"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d" % server.server_address[1]
    print("url=%s/ api=%s/calendar/v3 auth=%s/o/oauth2/v2/auth token=%s/token revoke=%s/revoke client_id=%s client_secret=%s refresh_token=%s"
          % (base, base, base, base, base, CLIENT_ID, CLIENT_SECRET, server.refresh_token), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
