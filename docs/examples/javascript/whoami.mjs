// Prints whose key this is and what it may do.
import { call } from "./herald.mjs";

console.log(JSON.stringify(await call("GET", "me"), null, 2));
