"""Prints whose key this is and what it may do."""
import json

import herald

print(json.dumps(herald.call("GET", "me"), indent=2))
