"""TLS in front of another server on this machine, with a certificate of the kind that is asked for.

Prints "url=https://127.0.0.1:PORT/ ca=FILE" (FILE: the certificate, which signed itself) and ends with its standard
input. Kinds: good (trusted with --ca-file FILE), expired, other-name.
"""

import argparse
import socket
import ssl
import sys
import tempfile
import threading

from certificate import make_certificate


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(raw, context, backend):
    try:
        with context.wrap_socket(raw, server_side=True) as client, socket.create_connection(("127.0.0.1", backend)) as server:
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()
    except OSError:
        raw.close()


def accept_all(listener, context, backend):
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, context, backend), daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", type=int, required=True)
    parser.add_argument("--kind", choices=["good", "expired", "other-name"], default="good")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder, arguments.kind)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=accept_all, args=(listener, context, arguments.backend), daemon=True).start()
            print("url=https://127.0.0.1:%d/ ca=%s" % (listener.getsockname()[1], certificate), flush=True)
            sys.stdin.read()


main()
