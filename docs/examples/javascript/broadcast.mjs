// Creates a campaign, gives it the audience of a CSV file, asks what it will cost, launches it, prints its id.
// usage: node broadcast.mjs AUDIENCE.csv
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { approvedTemplate, call, request } from "./herald.mjs";

const { channels } = await call("GET", "channels");
const { id } = await call(
  "POST",
  "campaigns",
  {
    name: "Spring sale",
    type: "BROADCAST",
    channelId: channels[0].id,
    content: {
      template: {
        templateId: await approvedTemplate("simple_news", "en_US"),
        parameters: [{ placeholder: "body.1", column: "first_name", fallback: "friend" }],
      },
    },
  },
  { "Idempotency-Key": randomUUID() },
);

const audience = await readFile(process.argv[2]);
const imported = await (
  await request("POST", `campaigns/${id}/audience`, audience, { "Content-Type": "text/csv" })
).json();
console.error(`accepted ${imported.accepted}, rejected ${imported.rejected}`);
const { errors } = await call("GET", `campaigns/${id}/audience/errors`);
for (const { row, message } of errors) console.error(`row ${row}: ${message}`);
console.error((await call("GET", `campaigns/${id}:estimate`)).estimate.total);

await call("POST", `campaigns/${id}:launch`, {});
console.log(id);
