#!/usr/bin/env python3
"""A CalDAV server in memory that does what a test tells it to: faults, delays, other servers' habits.

    dav_server.py [--port N] [--user NAME --password P] [--icloud] [--option NAME=JSON]…

Prints "url=http://127.0.0.1:N/" and serves until its standard input ends, so it never outlives a test.

Control, without sign-in: GET /_log (requests so far, connections, how many are open, most of them open and most
requests handled at a time), DELETE /_log, POST /_quiet (answers once no other connection is open), GET /_objects, PUT
/_objects/CAL/NAME and DELETE /_objects/CAL/NAME (an edit by another program), POST /_options (JSON members of
OPTIONS), POST /_fault (one or several, see dav_faults.py), DELETE /_fault, POST /_calendar (name, display_name,
components, writable), POST /_expire (all sync tokens so far become invalid), DELETE /_all (empty calendars), POST
/_keep and POST /_return (to the calendars as they were kept, without faults). /echo answers with what it was sent, as
JSON.
"""

import argparse
import functools
import gzip
import io
import json
import re
import socket
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from dav_faults import Faults
from lies import Liar, dav_name, worse_dav
from dav_store import Calendar, Store, reordered, uid_of
from sign_in import SignIn

OPTIONS = {
    "delay_ms": 0,  # wait before each answer, as a distant server
    "sync": True,  # sync-collection
    "ctag": True,  # getctag
    "first_tombstones": False,  # the first listing names deleted objects too, as Radicale's does
    "page": 0,  # entries in one sync-collection answer; 0: no limit
    "bad_token_status": 403,  # answer to an invalid token; 403 comes with DAV:valid-sync-token
    "content_tokens": False,  # tokens and ETags say what the calendar holds, not what happened to it, as Xandikos's
    "put_etag": True,  # an ETag in the answer to PUT
    "weak_etags": False,
    "reorder": True,  # objects come back with their lines in another order
    "uid_scope": "calendar",  # or "account"
    "uid_conflict": 409,  # answer where the UID exists: 400 (in words), 403 (with its href), 409, 412, 207 (inner 412)
    "uid_query": True,  # prop-filter on UID works; "empty": it finds nothing
    "multiget": True,
    "max_clients": 0,  # more connections at a time are reset
    "http10": False,  # speaks HTTP/1.0: closes after each answer
    "quote_hrefs": True,  # "@" is sent as %40
    "slashes": False,  # two of them before the name of an object, as behind some proxies
    "absolute_hrefs": "",  # e.g. "http://localhost:1234": calendars and home set lie there
    "well_known": "/",  # where /.well-known/caldav leads
    "principal_at_root": True,
    "privileges": True,
    "components": True,  # tells supported-calendar-component-set
    "homes": [],  # further home sets, before the one with the calendars
    "token": "data:,%d",  # how sync tokens look
    "content_type": "application/xml; charset=utf-8",  # of a multistatus
    "dav_header": True,  # OPTIONS is answered with DAV
    "strips": "",  # what matches is taken out of objects that are put, as a server that does not know it
    "date": "",  # the Date header; empty: the time it is
    "software": "",  # the Server header; empty: this one's
    "max_bytes": 0,  # larger objects get 413
    "own_namespaces": False,  # each element declares its namespace itself
    "empty_ctags": False,  # objects come with a second propstat: an empty getctag, 404
    "special_collections": False,  # the home holds inbox, outbox, notifications, a subscription and reminders too
    "principal_alias": False,  # the principal answers as /principal/
    "need_component": True,  # a calendar-query that names no component is refused
    "exact_hrefs": False,  # a multiget finds objects only as they are spelled in listings
    "sign_in": ["Basic"],  # the ways it offers, in this order: see sign_in.py
    "nonce_uses": 0,  # a Digest nonce is stale after so many requests; 0: never
    "penalty_ms": 0,  # after an ordered 503 every request gets one for this long, whatever Retry-After said
}

# What iCloud does, from what its clients tell of it: nobody has seen this server beside the real one. Recalled
# rather than documented: the missing ETags, /principal/, and that the penalty is longer than Retry-After.
ICLOUD = {
    "put_etag": False, "uid_scope": "account", "uid_conflict": 412, "uid_query": "empty", "own_namespaces": True,
    "empty_ctags": True, "special_collections": True, "principal_alias": True,
    "content_type": "text/html", "dav_header": False,
}

DAV, CAL, CS, ICAL = "DAV:", "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/", "http://apple.com/ns/ical/"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<multistatus xmlns="DAV:" xmlns:C="%s" xmlns:CS="%s" xmlns:I="%s">'
    % (CAL, CS, ICAL)
)
REASONS = {207: "Multi-Status", 412: "Precondition Failed", 507: "Insufficient Storage"}


def status_line(code):
    reason = REASONS.get(code) or BaseHTTPRequestHandler.responses.get(code, ("Unknown",))[0]
    return "HTTP/1.1 %d %s" % (code, reason)


# What is still open after so many seconds is open for another reason.
ALONE_S = 20


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, user, password):
        self.options = dict(OPTIONS)
        self.store = Store()
        self.faults, self.liar = Faults(), Liar(self.store)
        self.log = []
        self.connections = 0
        self.open_now = 0
        self.peak = 0
        self.busy = 0
        self.busiest = 0
        self.penalty_until = 0
        self.counts_lock = threading.Lock()
        self.user = user
        self.sign_in = SignIn(user, password)
        super().__init__(("127.0.0.1", port), Handler)

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.counts_lock:
            self.connections += 1
            self.open_now += 1
            self.peak = max(self.peak, self.open_now)
            full = self.options["max_clients"] and self.open_now > self.options["max_clients"]
        if full:
            reset(connection)
        return connection, address

    def shutdown_request(self, request):
        with self.counts_lock:
            self.open_now -= 1
        super().shutdown_request(request)

    def wait_until_alone(self):
        """Until no connection is open but the one that asks: what clients have left behind is carried out then."""
        deadline = time.monotonic() + ALONE_S
        while self.open_now > 1 and time.monotonic() < deadline:
            time.sleep(0.001)

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, ValueError, OSError)):
            super().handle_error(request, client_address)


def with_own_namespaces(element):
    """An XML element as text in which every element declares its namespace itself."""
    namespace, _, name = element.tag[1:].partition("}")
    attributes = "".join(' %s="%s"' % (key, escape(value, {'"': "&quot;"})) for key, value in element.attrib.items())
    inner = escape(element.text or "") + "".join(with_own_namespaces(child) + escape(child.tail or "") for child in element)
    return "<%s xmlns='%s'%s>%s</%s>" % (name, namespace, attributes, inner, name)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


@functools.lru_cache(maxsize=4)
def blanks(megabytes):
    """So many blanks, compressed."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as z:
        for _ in range(megabytes):
            z.write(b" " * 1048576)
    return out.getvalue()


class Hangup(ConnectionError):
    """The connection ends here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def log_message(self, *args):
        pass

    def version_string(self):
        return self.options["software"] or super().version_string()

    def date_time_string(self, timestamp=None):
        return self.server.options["date"] or super().date_time_string(timestamp)

    # ------------------------------------------------------------------ one request

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        if len(self.body) < length:
            raise Hangup  # the client died while it sent
        self.path = re.sub(r"^http://[^/]*", "", self.path)  # asked as a proxy: any host is this one
        self.path_only = urllib.parse.unquote(self.path.partition("?")[0])
        self.fault = None
        self.store, self.options = self.server.store, self.server.options
        if self.path_only.startswith("/_"):
            self.control()
            return
        self.row = {"method": self.command, "path": self.path, "status": 0, "headers": self.all_headers()}
        if self.command in ("PROPFIND", "REPORT", "PROPPATCH", "POST"):
            self.row["body"] = self.body.decode("utf-8", "replace")
        with self.server.counts_lock:
            self.server.log.append(self.row)
            self.server.busy += 1
            self.server.busiest = max(self.server.busiest, self.server.busy)
        if self.options["delay_ms"]:
            time.sleep(self.options["delay_ms"] / 1000)
        name = dav_name(self.command, self.headers, self.body)
        self.fault = self.server.faults.next_for(self.command, self.path, name)
        kind = self.fault and self.fault["kind"]
        if time.monotonic() < self.server.penalty_until:
            self.answer(503, "", **{"Retry-After": "1"})
            return
        if kind == "status" and self.fault["code"] == 503:
            self.server.penalty_until = time.monotonic() + self.options["penalty_ms"] / 1000
        if kind == "delay":
            time.sleep(self.fault["ms"] / 1000)
        elif kind == "drop":
            raise Hangup
        elif kind == "hang":
            self.rfile.read(1)
            raise Hangup
        elif kind == "status":
            self.answer(self.fault["code"], self.fault.get("body", ""), **self.fault.get("headers", {}))
            return
        elif kind == "bomb":
            self.bomb(self.fault)
            return
        elif kind == "raw":
            self.raw(self.fault)
            return
        if self.path_only.startswith("/echo"):
            self.echo()
            return
        if self.server.user and not self.is_let_in():
            return
        with self.store.lock:
            handle = getattr(self, "dav_" + self.command.lower(), self.dav_unknown)
            code, body, headers = self.server.liar.carry_out(name, self.fault, handle)
        self.answer(code, worse_dav(self.fault, name, body), **headers)

    def is_let_in(self):
        """Answers itself where it is not."""
        ways, sign_in = self.options["sign_in"], self.server.sign_in
        right, stale = sign_in.judge(ways, self.headers.get("Authorization"), self.command, self.path,
                                     self.options["nonce_uses"])
        if not right:
            self.answer(401, "", **{"WWW-Authenticate": sign_in.challenges(ways, stale)})
        return right

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except Hangup:
            self.count_done()
            self.close_connection = True
            self.wfile = io.BytesIO()
            reset(self.connection)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = do_OPTIONS = handle_any
    do_PROPFIND = do_REPORT = do_MKCALENDAR = do_PROPPATCH = handle_any

    def count_done(self):
        """The client learns of the request's end now, or soon."""
        with self.server.counts_lock:
            self.server.busy -= 1

    def answer(self, code, body, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        fault = self.fault or {}
        if hasattr(self, "row"):
            self.row["status"] = code
        if fault.get("kind") == "lose":
            raise Hangup
        if not self.path_only.startswith("/_"):
            self.count_done()
        if fault.get("kind") == "replace":
            data = fault.get("body", "").encode()
            code = fault.get("code", code)
            headers.update(fault.get("headers", {}))
        self.protocol_version = "HTTP/1.0" if self.options["http10"] else "HTTP/1.1"
        self.send_response(code)
        for name, values in headers.items():
            for value in values if isinstance(values, list) else [values]:
                self.send_header(name, value)
        trickle = fault.get("kind") == "trickle"
        if self.options["http10"] or trickle:
            self.close_connection = True
            self.send_header("Connection", "close")
        if not trickle and code not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if fault.get("kind") == "drip":
            self.drip(data, fault.get("bytes", 1))
        elif self.command != "HEAD" and code not in (204, 304):
            self.wfile.write(data[: fault.get("bytes", len(data))])
        self.wfile.flush()
        if fault.get("kind") == "cut":
            self.close_connection = True

    def drip(self, data, size):
        """The body so slowly that it never ends, and never stops either."""
        for at in range(0, len(data), size):
            self.wfile.write(data[at : at + size])
            self.wfile.flush()
            time.sleep(0.1)

    def all_headers(self):
        """What arrived; a header that came twice with both values."""
        return {name: ", ".join(self.headers.get_all(name)) for name in self.headers}

    def echo(self):
        """What arrived, for tests of the HTTP client."""
        seen = {"method": self.command, "path": self.path, "headers": self.all_headers(),
                "body": self.body.decode("utf-8", "replace")}
        self.answer(200, json.dumps(seen), **{"Content-Type": "application/json", "X-Echo": "yes"})

    def raw(self, fault):
        """What no server sends that means well."""
        self.count_done()
        self.close_connection = fault.get("close", False)
        self.wfile.write(fault["text"].encode("latin-1"))
        self.wfile.flush()

    def bomb(self, fault):
        self.fault = None
        headers = {"Content-Type": "application/xml", "Content-Encoding": "gzip"}
        self.answer(fault.get("code", 207), blanks(fault["megabytes"]), **dict(headers, **fault.get("headers", {})))

    # ------------------------------------------------------------------ control

    def control(self):
        server, parts = self.server, self.path_only.strip("/").split("/")
        verb = "%s %s" % (self.command, parts[0])
        given = json.loads(self.body) if self.command == "POST" and self.body else {}
        result = {}
        if verb == "POST _quiet":
            server.wait_until_alone()
        with self.store.lock, server.counts_lock:
            if verb == "GET _log":
                result = {"requests": server.log, "connections": server.connections, "open": server.open_now,
                          "peak": server.peak, "busiest": server.busiest}
            elif verb == "DELETE _log":
                server.log, server.connections, server.peak, server.busiest = [], 0, 0, 0
            elif verb == "GET _objects":
                result = {
                    c.name: {n: {"uid": i.uid, "text": i.text, "etag": i.etag(self.options)} for n, i in c.items.items()}
                    for c in self.store.calendars.values()
                }
            elif verb == "PUT _objects":
                self.store.calendars[parts[1]].put(parts[2], self.body.decode())
            elif verb == "DELETE _objects":
                self.store.calendars[parts[1]].delete(parts[2])
            elif verb == "POST _options":
                server.options.update(given)
            elif verb == "POST _fault":
                for rule in given if isinstance(given, list) else [given]:
                    server.faults.order(rule)
            elif verb == "DELETE _fault":
                server.faults.clear()
                server.liar.forget()
            elif verb == "POST _calendar":
                self.store.add_calendar(given.pop("name"), **given)
            elif verb == "DELETE _calendar":
                del self.store.calendars[parts[1]]
            elif verb == "POST _expire":
                for calendar in self.store.calendars.values():
                    calendar.oldest_token = calendar.touch()
            elif verb == "POST _keep":
                self.store.keep()
            elif verb == "POST _return":
                self.store.go_back()
                server.faults.clear()
            elif verb == "DELETE _all":
                for name, calendar in list(self.store.calendars.items()):
                    self.store.calendars[name] = Calendar(name, calendar.display_name, calendar.components)
        self.answer(200, json.dumps(result), **{"Content-Type": "application/json"})

    # ------------------------------------------------------------------ paths and XML

    def locate(self):
        """(calendar, object name) of the request path; (None, None) where it is no calendar's."""
        match = re.match(r"^/cal/%s/([^/]+)/+([^/]*)$" % re.escape(self.who()), self.path_only)
        if not match:
            return None, None
        return self.store.calendars.get(match.group(1)), match.group(2)

    def who(self):
        return self.server.user or "alice"

    def home(self):
        return "/cal/%s/" % self.who()

    def quoted(self, path):
        return urllib.parse.quote(path, safe="/" if self.options["quote_hrefs"] else "/@:")

    def href_of(self, calendar, name=""):
        slash = "//" if name and self.options["slashes"] else "/"
        return self.quoted("%s%s%s%s" % (self.home(), calendar.name, slash, name))

    def propfind_wanted(self):
        if not self.body:
            return set()
        return {child.tag for prop in ET.fromstring(self.body).iter("{DAV:}prop") for child in prop}

    def response(self, href, found, wanted):
        """One response: the wanted properties that exist with 200, the others with 404."""
        have = "".join(text for tag, text in found.items() if tag in wanted and text is not None)
        missing = (wanted - set(found)) | {tag for tag, text in found.items() if text is None}
        lacking = "".join("<x:%s xmlns:x='%s'/>" % (tag.partition("}")[2], tag[1:].partition("}")[0])
                          for tag in sorted(missing))
        return "<response><href>%s</href>%s%s</response>" % (
            escape(href), propstat(have, 200) if have else "", propstat(lacking, 404) if lacking else "")

    def multistatus(self, responses, extra=""):
        text = HEAD + "".join(responses) + extra + "</multistatus>"
        if self.options["own_namespaces"]:
            text = '<?xml version="1.0" encoding="UTF-8"?>' + with_own_namespaces(ET.fromstring(text.encode()))
        return 207, text, {"Content-Type": self.options["content_type"]}

    def error(self, code, condition, inner=""):
        body = '<?xml version="1.0"?><error xmlns="DAV:" xmlns:C="%s"><%s>%s</%s></error>' % (
            CAL, condition, inner, condition)
        return code, body, {"Content-Type": "application/xml"}

    # ------------------------------------------------------------------ properties

    def root_props(self):
        principal = "<current-user-principal><href>/principals/%s/</href></current-user-principal>" % self.who()
        return {
            "{DAV:}resourcetype": "<resourcetype><collection/></resourcetype>",
            "{DAV:}current-user-principal": principal,
        }

    def principal_props(self):
        homes = self.options["homes"] + [self.options["absolute_hrefs"] + self.quoted(self.home())]
        hrefs = "".join("<href>%s</href>" % escape(home) for home in homes)
        return dict(self.root_props(), **{
            "{DAV:}resourcetype": "<resourcetype><principal/></resourcetype>",
            "{%s}calendar-home-set" % CAL: "<C:calendar-home-set>%s</C:calendar-home-set>" % hrefs,
            "{%s}calendar-user-address-set" % CAL:
                "<C:calendar-user-address-set><href>mailto:%s@example.org</href><href>/principals/%s/</href>"
                "</C:calendar-user-address-set>" % (self.who(), self.who()),
        })

    def special_collections(self, wanted):
        """What lies in a home beside calendars of events, and must not be taken for one."""
        kinds = {
            "inbox": "<collection/><C:schedule-inbox/>", "outbox": "<collection/><C:schedule-outbox/>",
            "notification": "<collection/><CS:notification/>", "holidays": "<collection/><CS:subscribed/>",
            "tasks": "<collection/><C:calendar/>",
        }
        todo = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
        rows = []
        for name, kind in kinds.items():
            found = {"{DAV:}resourcetype": "<resourcetype>%s</resourcetype>" % kind,
                     "{DAV:}displayname": "<displayname>%s</displayname>" % name}
            if name == "tasks":
                found["{%s}supported-calendar-component-set" % CAL] = todo
            rows.append(self.response(self.quoted(self.home() + name + "/"), found, wanted))
        return rows

    def calendar_props(self, calendar):
        comps = "".join('<C:comp name="%s"/>' % name for name in calendar.components)
        granted = ("read", "write", "bind", "unbind", "write-content") if calendar.writable else ("read",)
        reports = ["calendar-query"] + ["calendar-multiget"] * self.options["multiget"]
        listed = "".join("<supported-report><report><C:%s/></report></supported-report>" % r for r in reports)
        found = dict(self.root_props(), **{
            "{DAV:}resourcetype": "<resourcetype><collection/><C:calendar/></resourcetype>",
            "{DAV:}displayname": "<displayname>%s</displayname>" % escape(calendar.display_name),
            "{%s}calendar-color" % ICAL: "<I:calendar-color>%s</I:calendar-color>" % calendar.color,
        })
        if self.options["components"]:
            found["{%s}supported-calendar-component-set" % CAL] = (
                "<C:supported-calendar-component-set>%s</C:supported-calendar-component-set>" % comps)
        if self.options["privileges"]:
            found["{DAV:}current-user-privilege-set"] = "<current-user-privilege-set>%s</current-user-privilege-set>" % (
                "".join("<privilege><%s/></privilege>" % p for p in granted))
        if self.options["ctag"]:
            found["{%s}getctag" % CS] = "<CS:getctag>ctag-%d</CS:getctag>" % calendar.revision
        if self.options["sync"]:
            found["{DAV:}sync-token"] = "<sync-token>%s</sync-token>" % self.token(calendar)
            listed += "<supported-report><report><sync-collection/></report></supported-report>"
        found["{DAV:}supported-report-set"] = "<supported-report-set>%s</supported-report-set>" % listed
        return found

    def item_props(self, item, with_data):
        text = reordered(item.text) if self.options["reorder"] else item.text
        found = {
            "{DAV:}getetag": "<getetag>%s</getetag>" % escape(item.etag(self.options)),
            "{DAV:}resourcetype": "<resourcetype/>",
        }
        if self.options["empty_ctags"]:
            found["{%s}getctag" % CS] = None
        if with_data:
            found["{%s}calendar-data" % CAL] = "<C:calendar-data>%s</C:calendar-data>" % escape(text)
        return found

    def token(self, calendar, revision=None):
        if self.options["content_tokens"]:
            return calendar.content_token()
        return escape(self.options["token"] % (calendar.revision if revision is None else revision))

    # ------------------------------------------------------------------ methods

    def dav_unknown(self):
        return 501, "", {}

    def dav_options(self):
        dav = {"DAV": "1, 2, 3, calendar-access"} if self.options["dav_header"] else {}
        return 200, "", {**dav, "Allow": "OPTIONS, GET, PUT, DELETE, PROPFIND, REPORT"}

    def dav_propfind(self):
        path, wanted = self.path_only, self.propfind_wanted()
        deep = self.headers.get("Depth") == "1"
        if path == "/.well-known/caldav":
            return 301, "", {"Location": self.options["well_known"]}
        if "Depth" not in self.headers:
            return self.error(403, "propfind-finite-depth")
        if path == "/" and self.options["principal_at_root"]:
            return self.multistatus([self.response("/", self.root_props(), wanted)])
        if path == "/principals/%s/" % self.who():
            shown = "/principal/" if self.options["principal_alias"] else path
            return self.multistatus([self.response(shown, self.principal_props(), wanted)])
        if path == self.home():
            own = [self.response(self.quoted(path), self.root_props(), wanted)]
            below = [self.response(self.options["absolute_hrefs"] + self.href_of(c), self.calendar_props(c), wanted)
                     for c in self.store.calendars.values()]
            if self.options["special_collections"]:
                below += self.special_collections(wanted)
            return self.multistatus(own + (below if deep else []))
        calendar, name = self.locate()
        if not calendar or (name and name not in calendar.items):
            return 404, "", {}
        if name:
            return self.multistatus([self.response(self.path, self.item_props(calendar.items[name], False), wanted)])
        own = dict(self.calendar_props(calendar), **{"{DAV:}getetag": '<getetag>"collection"</getetag>'})
        rows = [self.response(self.href_of(calendar), own, wanted)]
        if deep:
            rows += [self.response(self.href_of(calendar, n), self.item_props(i, False), wanted)
                     for n, i in calendar.items.items()]
        return self.multistatus(rows)

    def dav_report(self):
        calendar, name = self.locate()
        if not calendar or name:
            return 404, "", {}
        root = ET.fromstring(self.body)
        if root.tag == "{DAV:}sync-collection" and self.options["sync"]:
            return self.sync_collection(calendar, root)
        if root.tag == "{%s}calendar-multiget" % CAL and self.options["multiget"]:
            return self.multiget(calendar, root)
        if root.tag == "{%s}calendar-query" % CAL:
            return self.query(calendar, root)
        return self.error(403, "supported-report")

    def sync_collection(self, calendar, root):
        given, level = root.findtext("{DAV:}sync-token"), root.findtext("{DAV:}sync-level")
        if self.headers.get("Depth") != "0" or given is None or level != "1":
            return 400, "", {}
        given, since = given.strip(), 0
        if self.options["content_tokens"]:
            rows = calendar.changes_since_content(given)
            if rows is None:
                return self.error(403, "valid-sync-token")
            return self.changes(calendar, rows, "", self.token(calendar))
        if given:
            match = re.fullmatch(re.escape(self.options["token"]).replace("%d", r"(\d+)"), given)
            since = int(match.group(1)) if match else -1
            if not calendar.oldest_token <= since <= calendar.revision:
                code = self.options["bad_token_status"]
                return self.error(403, "valid-sync-token") if code == 403 else (code, "no such token", {})
        tombstones = given or self.options["first_tombstones"]
        rows = [row for row in calendar.changes_since(since) if tombstones or row[2]]
        page = self.options["page"]
        until, more = calendar.revision, bool(page) and len(rows) > page
        if more:
            rows = rows[:page]
            until = rows[-1][0]
        rest = "<response><href>%s</href><status>%s</status></response>" % (self.href_of(calendar), status_line(507))
        return self.changes(calendar, rows, rest if more else "", self.token(calendar, until))

    def changes(self, calendar, rows, rest, token):
        """The answer to sync-collection: objects that changed or are gone, and that there is more."""
        out = []
        for _, name, item in rows:
            href = self.href_of(calendar, name)
            out.append(self.response(href, self.item_props(item, False), {"{DAV:}getetag"}) if item else gone(href))
        return self.multistatus(out, rest + "<sync-token>%s</sync-token>" % token)

    def multiget(self, calendar, root):
        wanted, out = {child.tag for child in root.find("{DAV:}prop")}, []
        for href in root.findall("{DAV:}href"):
            path = urllib.parse.unquote(urllib.parse.urlsplit(href.text.strip()).path)
            item = calendar.items.get(path.rpartition("/")[2])
            if self.options["exact_hrefs"] and item and href.text != self.href_of(calendar, path.rpartition("/")[2]):
                item = None
            out.append(self.response(href.text.strip(), self.item_props(item, True), wanted) if item
                       else gone(href.text.strip()))
        return self.multistatus(out)

    def query(self, calendar, root):
        if self.headers.get("Depth") != "1":
            return self.multistatus([])
        wanted = {child.tag for child in root.find("{DAV:}prop")}
        inner = root.find("{%s}filter/{%s}comp-filter/{%s}comp-filter" % (CAL, CAL, CAL))
        component = inner.get("name") if inner is not None else None
        if self.options["need_component"] and component is None:
            return self.error(403, "C:valid-filter")
        uid = None
        if inner is not None and inner.find("{%s}prop-filter" % CAL) is not None:
            if not self.options["uid_query"]:
                return self.error(403, "C:supported-filter")
            if self.options["uid_query"] == "empty":
                return self.multistatus([])
            uid = inner.findtext("{%s}prop-filter/{%s}text-match" % (CAL, CAL))
        out = [self.response(self.href_of(calendar, n), self.item_props(i, True), wanted)
               for n, i in calendar.items.items()
               if (not component or i.component() == component) and (uid is None or i.uid == uid)]
        return self.multistatus(out)

    def dav_get(self):
        calendar, name = self.locate()
        if self.path_only == "/.well-known/caldav":
            return 301, "", {"Location": self.options["well_known"]}
        if not calendar or name not in calendar.items:
            return 404, "", {}
        item = calendar.items[name]
        text = reordered(item.text) if self.options["reorder"] else item.text
        return 200, text, {"Content-Type": "text/calendar; charset=utf-8", "ETag": item.etag(self.options)}

    dav_head = dav_get

    def precondition(self, item):
        """Whether If-Match and If-None-Match let the request pass; a weak tag never matches (RFC 9110, 13.1.1)."""
        match, none_match = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if none_match == "*" and item:
            return False
        if match is None:
            return True
        return item is not None and match in ("*", item.strong_etag(self.options))

    def dav_put(self):
        calendar, name = self.locate()
        if not calendar or not name:
            return 409, "", {}
        if not calendar.writable:
            return self.error(403, "need-privileges")
        item, text = calendar.items.get(name), self.body.decode("utf-8", "replace")
        if self.options["strips"]:
            text = re.sub(self.options["strips"], "", text)
        if not self.precondition(item):
            return 412, "", {}
        if self.options["max_bytes"] and len(self.body) > self.options["max_bytes"]:
            return 413, "", {}
        uid = uid_of(text)
        if not uid or "BEGIN:VCALENDAR" not in text:
            return self.error(403, "C:valid-calendar-data")
        conflict = self.uid_conflict(calendar, name, uid)
        if conflict:
            return conflict
        stored = calendar.put(name, text)
        headers = {"ETag": stored.etag(self.options)} if self.options["put_etag"] else {}
        return (204 if item else 201), "", headers

    def uid_conflict(self, calendar, name, uid):
        holder = calendar.holder_of(uid)
        where = (calendar.name, holder) if holder else None
        if not where and self.options["uid_scope"] == "account":
            where = self.store.calendar_of_uid(uid)
        if not where or where == (calendar.name, name):
            return None
        code, condition = self.options["uid_conflict"], "C:no-uid-conflict"
        href = self.href_of(self.store.calendars[where[0]], where[1])
        if code == 403:
            return self.error(403, condition, "<href>%s</href>" % escape(href))
        if code == 207:
            return self.multistatus(["<response><href>%s</href><status>%s</status><error><%s/></error></response>" % (
                self.path, status_line(412), condition)])
        if code == 412:
            return 412, "", {}
        if code == 400:
            return sabre_error(400, "BadRequest", "Calendar object with uid already exists in this calendar collection.")
        return self.error(code, condition)

    def dav_delete(self):
        calendar, name = self.locate()
        if not calendar or name not in calendar.items:
            return 404, "", {}
        if not calendar.writable:
            return self.error(403, "need-privileges")
        if not self.precondition(calendar.items[name]):
            return 412, "", {}
        calendar.delete(name)
        return 204, "", {}

    def dav_mkcalendar(self):
        name = self.path_only.rstrip("/").rpartition("/")[2]
        if name in self.store.calendars:
            return self.error(403, "resource-must-be-null")
        self.store.add_calendar(name)
        return 201, "", {}


def sabre_error(code, exception, message):
    """An error as servers built on sabre put it: no condition, but words for people."""
    return code, (
        '<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\\DAV\\Exception\\%s'
        "</s:exception><s:message>%s</s:message></d:error>" % (exception, message)), {"Content-Type": "application/xml"}


def propstat(props, code):
    return "<propstat><prop>%s</prop><status>%s</status></propstat>" % (props, status_line(code))


def gone(href):
    return "<response><href>%s</href><status>%s</status></response>" % (escape(href), status_line(404))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="alice")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("--icloud", action="store_true", help="habits of iCloud")
    args = parser.parse_args()
    server = Server(args.port, args.user, args.password)
    if args.icloud:
        server.options.update(ICLOUD)
    for option in args.option:
        name, _, value = option.partition("=")
        if name not in OPTIONS:
            parser.error("no option is called " + name)
        server.options[name] = json.loads(value)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("url=http://127.0.0.1:%d/" % server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
