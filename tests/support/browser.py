#!/usr/bin/env python3
"""What a person with a browser does at a sign-in page: opens a link, ticks boxes, presses a button, is sent on.

    browser.py [--deny] [--untick SCOPE]… [--email E] [--stay] URL

Redirects are followed and forms are sent as browsers do. With --email the form of that account is used where the page
has several. Prints the status and the address it ends at, then the page; with --stay it does not open the last
address, the one that leaves the site.
"""

import argparse
import html.parser
import urllib.error
import urllib.parse
import urllib.request

HOPS_MAX = 10


class Forms(html.parser.HTMLParser):
    """The forms of a page: action, fields, and whether a field is a box."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": []})
        elif tag in ("input", "button") and self.forms and attrs.get("name"):
            self.forms[-1]["fields"].append((attrs.get("type", "text"), attrs["name"], attrs.get("value", "")))


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def load(url, form=None):
    """One request without following. Returns status, where it leads (or None), page."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        with opener.open(urllib.request.Request(url, data, {"User-Agent": "Mozilla/5.0"}), timeout=60) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as error:
        location = error.headers.get("Location") if error.code in (301, 302, 303, 307, 308) else None
        return error.code, location and urllib.parse.urljoin(url, location), error.read().decode()


def fill(form, given):
    fields = []
    for kind, name, value in form["fields"]:
        if kind == "submit" and value != ("deny" if given.deny else "allow"):
            continue
        if kind == "checkbox" and any(value.endswith("/" + scope) for scope in given.untick):
            continue
        fields.append((name, value))
    return fields


def choose(page, given):
    parser = Forms()
    parser.feed(page)
    for form in parser.forms:
        if not given.email or ("email", given.email) in [field[1:] for field in form["fields"]]:
            return form
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("--untick", action="append", default=[])
    parser.add_argument("--email")
    parser.add_argument("--stay", action="store_true")
    parser.add_argument("url")
    given = parser.parse_args()
    url, form, site = given.url, None, urllib.parse.urlsplit(given.url).netloc
    for _ in range(HOPS_MAX):
        status, location, page = load(url, form)
        form = None
        if location and given.stay and urllib.parse.urlsplit(location).netloc != site:
            status, page, url = 0, "", location
            break
        if location:
            url = location
            continue
        found = choose(page, given) if status == 200 else None
        if not found:
            break
        url, form = urllib.parse.urljoin(url, found["action"]), fill(found, given)
    print(status, url)
    print(page)


if __name__ == "__main__":
    main()
