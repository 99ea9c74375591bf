"""Writes every recipient with its outcome to a file.

usage: export.py CAMPAIGN FILE.csv
"""
import shutil
import sys

import herald

# http.client.IncompleteRead is raised when the answer breaks off in the middle: then the file is not complete.
with herald.request("GET", f"campaigns/{sys.argv[1]}/messages.csv") as rows, open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(rows, file)
