"""How the scripted CalDAV server is signed in to: Basic, and Digest as RFC 7616 has it, written apart from ours.

Ways: "Basic", "Digest" (RFC 2069, without qop), "Digest ALGORITHM" (with qop=auth), and any other scheme's name, which
nobody can use.
"""

import base64
import hashlib
import re
import secrets
import threading

HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
REALM = 'the "test" realm'


def hashed(algorithm, *parts):
    name = HASHES[algorithm.upper().removesuffix("-SESS")]
    return hashlib.new(name, ":".join(parts).encode()).hexdigest()


def parameters(text):
    found = {}
    for name, quoted, bare in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))', text):
        found[name] = re.sub(r"\\(.)", r"\1", quoted) or bare
    return found


class SignIn:
    def __init__(self, user, password):
        self.user, self.password = user, password
        self.basic = "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
        self.lock = threading.Lock()
        self.counts = {}  # nonce: counts that were used with it
        self.session_keys = {}  # nonce: H(A1) of its session

    def challenges(self, ways, stale):
        return [self.challenge(way, stale) for way in ways]

    def challenge(self, way, stale):
        scheme, _, algorithm = way.partition(" ")
        if scheme != "Digest":
            return '%s realm="test"' % scheme
        nonce = secrets.token_urlsafe(12)
        with self.lock:
            self.counts[nonce] = set()
        text = 'Digest realm="%s", nonce="%s", opaque="o, \\"p\\""' % (REALM.replace('"', '\\"'), nonce)
        if algorithm:
            text += ', qop="auth-int, auth", algorithm=%s' % algorithm
        return text + ", stale=true" * stale

    def judge(self, ways, header, method, uri, nonce_uses):
        """(let in, stale)"""
        scheme, _, rest = (header or "").partition(" ")
        if scheme == "Basic":
            return "Basic" in ways and header == self.basic, False
        if scheme != "Digest" or not any(way.startswith("Digest") for way in ways):
            return False, False
        given = parameters(rest)
        with self.lock:
            right = given.get("nonce") in self.counts and self.is_right(ways, given, method, uri)
            used = self.counts.get(given.get("nonce"), set())
            again = given.get("nc") in used if "nc" in given else False
            used.add(given.get("nc") or len(used))
            stale = right and (again or (nonce_uses and len(used) > nonce_uses))
        return right and not stale, bool(stale)

    def is_right(self, ways, given, method, uri):
        algorithm = given.get("algorithm")
        way = "Digest " + algorithm if algorithm else "Digest"
        if way not in ways or given.get("uri") != uri or given.get("username") != self.user or given.get("realm") != REALM:
            return False
        if given.get("opaque") != 'o, "p"':
            return False
        name = algorithm or "MD5"
        key = hashed(name, self.user, REALM, self.password)
        if name.endswith("-sess"):
            key = self.session_keys.setdefault(given["nonce"], hashed(name, key, given["nonce"], given["cnonce"]))
        what = hashed(name, method, uri)
        if algorithm:
            return given["response"] == hashed(name, key, given["nonce"], given["nc"], given["cnonce"], given["qop"], what)
        return given["response"] == hashed(name, key, given["nonce"], what)
