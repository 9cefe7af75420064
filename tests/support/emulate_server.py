#!/usr/bin/env python3
"""Starts the npm package `emulate` (0.11.2, the last one that runs on the Node.js of Debian 12) as a Google account.

    emulate_server.py

It is installed once below BUILD_DIR with `npm ci`, from the lock file in emulate/. Prints one line "url=… api=… auth=…
token=… revoke=… client_id=… client_secret=… user=… listen_port=…" when it answers, and serves until its standard input
ends. `listen_port` is the port of the only redirect URI that it accepts.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from ports import free_ports

PATIENCE_S = 60
# Node.js knows authorities of its own alone; those of the machine may say who is trusted behind a proxy.
SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "emulate")
USER = "alice@example.com"
CLIENT_ID, CLIENT_SECRET = "fmcal-test.apps.googleusercontent.com", "GOCSPX-test-client-secret"


def install(folder):
    """The package below `folder`, installed as the lock file says."""
    main = os.path.join(folder, "node_modules", "emulate", "dist", "index.js")
    marker = os.path.join(folder, "installed")
    lock = open(os.path.join(SOURCE, "package-lock.json")).read()
    if os.path.exists(marker) and open(marker).read() == lock:
        return main
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(SOURCE, name), folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], cwd=folder,
                          env={"NODE_EXTRA_CA_CERTS": SYSTEM_AUTHORITIES, **os.environ},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("npm ci failed:\n" + done.stdout)
    with open(marker, "w") as out:
        out.write(lock)
    return main


def seed(listen_port):
    """Accounts, clients and calendars; JSON is YAML, too."""
    return {"google": {
        "users": [{"email": USER, "name": "Alice"}],
        "oauth_clients": [{"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "fmcal",
                           "redirect_uris": ["http://127.0.0.1:%d/" % listen_port]}],
        "calendars": [
            {"id": "primary", "user_email": USER, "summary": USER, "primary": True, "time_zone": "UTC"},
            {"id": "kanban@group.calendar.google.com", "user_email": USER, "summary": "Kanban", "time_zone": "UTC"},
        ],
    }}


def await_answer(url, process):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("emulate did not start")


def main():
    build = os.environ.get("BUILD_DIR")
    folder = tempfile.mkdtemp()
    port, listen_port = free_ports(2)
    process = None
    try:
        program = install(os.path.join(build or folder, "emulate"))
        with open(os.path.join(folder, "seed.yaml"), "w") as out:
            json.dump(seed(listen_port), out)
        with open(os.path.join(folder, "log"), "w") as log:
            process = subprocess.Popen(
                ["node", "--require", os.path.join(SOURCE, "preload.cjs"), program, "start", "--service", "google", "--port",
                 str(port), "--seed", os.path.join(folder, "seed.yaml")],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        base = "http://127.0.0.1:%d" % port
        await_answer(base + "/", process)
        print("url=%s/ api=%s/calendar/v3 auth=%s/o/oauth2/v2/auth token=%s/oauth2/token revoke=%s/oauth2/revoke client_id=%s "
              "client_secret=%s user=%s listen_port=%d"
              % (base, base, base, base, base, CLIENT_ID, CLIENT_SECRET, USER, listen_port), flush=True)
        sys.stdin.read()
    finally:
        if process:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
