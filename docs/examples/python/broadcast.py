"""Creates a campaign, gives it the audience of a CSV file, asks what it will cost, launches it, prints its id.

usage: broadcast.py AUDIENCE.csv
"""
import json
import pathlib
import sys
import uuid

import herald

campaign = herald.call("POST", "campaigns", {
    "name": "Spring sale",
    "type": "BROADCAST",
    "channelId": herald.call("GET", "channels")["channels"][0]["id"],
    "content": {"template": {
        "templateId": herald.approved_template("simple_news", "en_US"),
        "parameters": [{"placeholder": "body.1", "column": "first_name", "fallback": "friend"}],
    }},
}, Idempotency_Key=str(uuid.uuid4()))["id"]

audience = pathlib.Path(sys.argv[1]).read_bytes()
with herald.request("POST", f"campaigns/{campaign}/audience", audience, Content_Type="text/csv") as answer:
    imported = json.load(answer)
print(f"accepted {imported['accepted']}, rejected {imported['rejected']}", file=sys.stderr)
for error in herald.call("GET", f"campaigns/{campaign}/audience/errors")["errors"]:
    print(f"row {error['row']}: {error['message']}", file=sys.stderr)
print(herald.call("GET", f"campaigns/{campaign}:estimate")["estimate"]["total"], file=sys.stderr)

herald.call("POST", f"campaigns/{campaign}:launch", {})
print(campaign)
