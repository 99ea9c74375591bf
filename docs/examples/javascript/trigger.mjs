// Makes an API campaign, then sends one person one message, although the call is made twice.
import { randomUUID } from "node:crypto";
import { approvedTemplate, call } from "./herald.mjs";

const order = randomUUID();
const { channels } = await call("GET", "channels");
const { id } = await call("POST", "campaigns", {
  name: `Order updates ${order}`,
  type: "API",
  channelId: channels[0].id,
  content: { template: { templateId: await approvedTemplate("order_update", "en_US") } },
});
await call("POST", `campaigns/${id}:launch`, {});

const recipient = {
  phone: "+12125550104",
  name: "Guest",
  parameters: { "body.1": "Guest", "body.2": order, "body.3": "Friday", "button.0.1": order },
};
for (const attempt of [1, 2]) { // as if the answer to the first had been lost
  const { results } = await call(
    "POST",
    `campaigns/${id}:trigger`,
    { recipients: [recipient] },
    { "Idempotency-Key": `order-${order}-shipped` },
  );
  for (const { messageId, errorMessage } of results) {
    console.log(`attempt ${attempt}: message ${messageId}${errorMessage ?? ""}`);
  }
}
