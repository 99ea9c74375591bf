"""Follows a campaign's figures until every recipient has been attempted.

usage: watch.py CAMPAIGN
"""
import json
import sys
import time

import herald


def over(campaign: str) -> bool:
    """Follows one stream; False when it has ended before the campaign."""
    with herald.request("GET", f"campaigns/{campaign}/analytics:watch") as stream:
        for line in stream:
            if line.startswith(b"data: "):
                now = json.loads(line.removeprefix(b"data: "))
                print(f"{now['status']}: {now['submitted']} submitted, {now['delivered']} delivered,"
                      f" {now['read']} read, {now['failed']} failed of {now['audience']}")
                if now["status"] in ("SENT", "STOPPED"):
                    return True
    return False


# Each event holds the whole present state: after a lost connection one just asks again.
while not over(sys.argv[1]):
    time.sleep(1)
