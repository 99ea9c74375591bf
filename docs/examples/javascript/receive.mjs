// Receives events and believes only those that Herald signed.
// usage: node receive.mjs PORT
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const SECRET = process.env.HERALD_WEBHOOK_SECRET;

function isFromHerald(header, body) {
  const parts = header.split(",").map((part) => part.split("="));
  const sent = parts.find(([name]) => name === "t")?.[1] ?? "0";
  const expected = createHmac("sha256", SECRET).update(`${sent}.`).update(body).digest();
  const fresh = Math.abs(Date.now() / 1000 - Number(sent)) < 300;
  return fresh && parts.some(([name, hex]) => {
    const value = Buffer.from(hex ?? "", "hex");
    return name === "v1" && value.length === expected.length && timingSafeEqual(value, expected);
  });
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (isFromHerald(request.headers["herald-signature"] ?? "", body)) {
    const event = JSON.parse(body);
    console.log("received", event.type, event.id);
    response.writeHead(204).end();
  } else {
    response.writeHead(401).end();
  }
}).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
