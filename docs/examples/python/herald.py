"""A call to Herald: the API key in a header, JSON both ways, refusals as exceptions."""
import json
import os
import urllib.error
import urllib.request

URL = os.environ.get("HERALD_URL", "http://localhost:8080")
KEY = os.environ["HERALD_API_KEY"]


class Refused(Exception):
    """What Herald answered instead: `reason` is for programs, the text for people."""

    def __init__(self, problem: dict):
        super().__init__(f"{problem['reason']}: {problem['detail']}")
        self.reason = problem["reason"]


def request(method: str, path: str, body: bytes | None = None, **headers: str):
    """The open answer, to be read as it comes; call() below reads it whole."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["Authorization"] = f"Bearer {KEY}"
    try:
        return urllib.request.urlopen(
            urllib.request.Request(f"{URL}/api/v1/{path}", body, headers, method=method), timeout=60
        )
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)) from None


def call(method: str, path: str, body: dict | None = None, **headers: str) -> dict:
    data = None if body is None else json.dumps(body).encode()
    with request(method, path, data, Content_Type="application/json", **headers) as answer:
        return json.load(answer)


def approved_template(name: str, language: str) -> str:
    for template in call("GET", "templates?statuses=APPROVED")["templates"]:
        if (template["name"], template["language"]) == (name, language):
            return template["id"]
    raise SystemExit(f"No approved template {name} ({language})")
