"""Receives events and believes only those that Herald signed.

usage: receive.py PORT
"""
import hashlib
import hmac
import http.server
import json
import os
import sys
import time

SECRET = os.environ["HERALD_WEBHOOK_SECRET"].encode()


def is_from_herald(header: str, body: bytes) -> bool:
    parts = [part.split("=", 1) for part in header.split(",") if "=" in part]
    sent = next((value for name, value in parts if name == "t"), "0")
    expected = hmac.new(SECRET, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = sent.isdecimal() and abs(time.time() - int(sent)) < 300
    return fresh and any(hmac.compare_digest(expected, value) for name, value in parts if name == "v1")


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if is_from_herald(self.headers.get("Herald-Signature", ""), body):
            event = json.loads(body)
            print("received", event["type"], event["id"], flush=True)
            self.send_response(204)
        else:
            self.send_response(401)
        self.end_headers()


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print("listening", flush=True)
server.serve_forever()
