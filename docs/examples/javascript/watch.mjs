// Follows a campaign's figures until every recipient has been attempted.
// usage: node watch.mjs CAMPAIGN            (in a browser, EventSource does the reading)
import { setTimeout } from "node:timers/promises";
import { request } from "./herald.mjs";

/** Follows one stream; false when it has ended before the campaign. */
async function over(campaign) {
  const stream = await request("GET", `campaigns/${campaign}/analytics:watch`);
  let text = "";
  for await (const part of stream.body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop();
    for (const line of lines.filter((line) => line.startsWith("data: "))) {
      const now = JSON.parse(line.slice("data: ".length));
      console.log(
        `${now.status}: ${now.submitted} submitted, ${now.delivered} delivered,` +
          ` ${now.read} read, ${now.failed} failed of ${now.audience}`,
      );
      if (["SENT", "STOPPED"].includes(now.status)) return true;
    }
  }
  return false;
}

// Each event holds the whole present state: after a lost connection one just asks again.
while (!(await over(process.argv[2]))) await setTimeout(1000);
