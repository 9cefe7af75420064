#!/usr/bin/env python3
"""Starts a real CalDAV server for a test, on a free port of 127.0.0.1, in a temporary folder.

    calendar_server.py radicale | xandikos | cyrus

Prints one line "url=… cal=… user=… password=… pid=…" when it answers and a calendar "kanban" is there, and
serves until its standard input ends; then the server is stopped and the folder removed. Exit status 77: the
server is not installed. Cyrus needs root.
"""

import base64
import http.client
import imaplib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

USER, PASSWORD = "alice", "secret"
PATIENCE_S = 30


def request(port, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    basic = base64.b64encode(("%s:%s" % (USER, PASSWORD)).encode()).decode()
    connection.request(method, path, headers={"Authorization": "Basic " + basic})
    status = connection.getresponse().status
    connection.close()
    return status


def wait_until(what, ready, process):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit("%s ended with status %s" % (what, process.returncode))
        try:
            return ready()
        except (OSError, http.client.HTTPException, imaplib.IMAP4.error):
            time.sleep(0.05)
    sys.exit("%s did not start" % what)


def write(path, text):
    with open(path, "w") as out:
        out.write(text)


def spawn(folder, *command):
    with open(folder + "/log", "w") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def start_radicale(folder, port):
    write(folder + "/users", "%s:%s\n" % (USER, PASSWORD))
    write(folder + "/config", """[server]
hosts = 127.0.0.1:%d
[auth]
type = htpasswd
htpasswd_filename = %s/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = %s/data
[web]
type = none
[logging]
level = warning
""" % (port, folder, folder))
    process = spawn(folder, "/usr/bin/radicale", "-C", folder + "/config")
    wait_until("radicale", lambda: request(port, "GET", "/"), process)
    return process, "/alice/kanban/"


def start_xandikos(folder, port):
    process = spawn(folder, "/usr/bin/xandikos", "-d", folder + "/data", "-l", "127.0.0.1", "-p", str(port),
                    "--current-user-principal", "/alice/", "--autocreate")
    wait_until("xandikos", lambda: request(port, "GET", "/"), process)
    return process, "/alice/calendars/kanban/"


CYRUS_SERVICES = """START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {0}/imapd.conf -r"
}
SERVICES {
  imap cmd="/usr/lib/cyrus/bin/imapd -U 30 -C {0}/imapd.conf" listen="127.0.0.1:{1}" prefork=0 maxchild=10
  http cmd="/usr/lib/cyrus/bin/httpd -U 30 -C {0}/imapd.conf" listen="127.0.0.1:{2}" prefork=1 maxchild=100
}
EVENTS {
  checkpoint cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {0}/imapd.conf -c" period=30
}
"""
CYRUS_SETTINGS = """configdirectory: {0}/conf
partition-default: {0}/spool
defaultpartition: default
proc_path: {0}/proc
mboxname_lockpath: {0}/lock
sievedir: {0}/sieve
admins: cyrus
unixhierarchysep: yes
altnamespace: no
virtdomains: off
defaultdomain: localhost
servername: localhost
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {0}/sasldb2
httpmodules: caldav
caldav_create_default: no
caldav_create_attach: no
caldav_create_sched: no
caldav_allowscheduling: off
caldav_historical_age: -1
"""


def start_cyrus(folder, port):
    imap_port = free_port()
    for name in ("conf", "spool", "sieve", "proc", "lock"):
        os.mkdir("%s/%s" % (folder, name))
    write(folder + "/imapd.conf", CYRUS_SETTINGS.replace("{0}", folder))
    services = CYRUS_SERVICES.replace("{0}", folder).replace("{1}", str(imap_port)).replace("{2}", str(port))
    write(folder + "/cyrus.conf", services)
    for realm in {"localhost", socket.gethostname()}:
        for user in (USER, "cyrus"):
            subprocess.run(["saslpasswd2", "-p", "-c", "-u", realm, "-f", folder + "/sasldb2", user],
                           input=PASSWORD.encode(), check=True)
    subprocess.run(["chown", "-R", "cyrus:mail", folder], check=True)
    process = spawn(folder, "/usr/sbin/cyrmaster", "-C", folder + "/imapd.conf", "-M", folder + "/cyrus.conf",
                    "-p", folder + "/master.pid")

    def make_mailbox():
        with imaplib.IMAP4("127.0.0.1", imap_port) as imap:
            imap.login("cyrus", PASSWORD)
            imap.create("user/" + USER)

    wait_until("cyrus", make_mailbox, process)
    wait_until("cyrus", lambda: request(port, "GET", "/"), process)
    return process, "/dav/calendars/user/alice/kanban/"


SERVERS = {
    "radicale": ("/usr/bin/radicale", start_radicale),
    "xandikos": ("/usr/bin/xandikos", start_xandikos),
    "cyrus": ("/usr/sbin/cyrmaster", start_cyrus),
}


def stop(process):
    """Ends the server and what it started: they are a process group of their own."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        pass


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in SERVERS:
        sys.exit(__doc__)
    program, start = SERVERS[sys.argv[1]]
    if not os.path.exists(program):
        print("%s is not installed" % program, file=sys.stderr)
        sys.exit(77)
    folder, process = tempfile.mkdtemp(prefix="fmcal-"), None
    os.chmod(folder, 0o755)
    try:
        port = free_port()
        process, calendar = start(folder, port)
        if request(port, "MKCALENDAR", calendar) not in (200, 201):
            sys.exit("%s makes no calendar" % sys.argv[1])
        base = "http://127.0.0.1:%d" % port
        print("url=%s/ cal=%s%s user=%s password=%s pid=%d" % (base, base, calendar, USER, PASSWORD, process.pid),
              flush=True)
        sys.stdin.read()
    finally:
        if process:
            stop(process)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
