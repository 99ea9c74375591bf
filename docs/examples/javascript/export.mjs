// Writes every recipient with its outcome to a file.
// usage: node export.mjs CAMPAIGN FILE.csv
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { request } from "./herald.mjs";

const [campaign, file] = process.argv.slice(2);
const rows = await request("GET", `campaigns/${campaign}/messages.csv`);
// Rejects when the answer breaks off in the middle: then the file is not complete.
await pipeline(rows.body, createWriteStream(file));
