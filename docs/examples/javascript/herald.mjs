// A call to Herald: the API key in a header, JSON both ways, refusals as errors.
const URL = process.env.HERALD_URL ?? "http://localhost:8080";
const KEY = process.env.HERALD_API_KEY;
if (!KEY) throw new Error("Set HERALD_API_KEY to an API key");

/** What Herald answered instead: `reason` is for programs, the message for people. */
export class Refused extends Error {
  constructor(problem) {
    super(`${problem.reason}: ${problem.detail}`);
    this.reason = problem.reason;
  }
}

/** The open answer, to be read as it comes; call() below reads it whole. */
export async function request(method, path, body, headers = {}) {
  const answer = await fetch(`${URL}/api/v1/${path}`, {
    method,
    body,
    headers: { Authorization: `Bearer ${KEY}`, ...headers },
  });
  if (!answer.ok) throw new Refused(await answer.json());
  return answer;
}

export async function call(method, path, body, headers = {}) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  return (await request(method, path, json, { "Content-Type": "application/json", ...headers })).json();
}

export async function approvedTemplate(name, language) {
  const { templates } = await call("GET", "templates?statuses=APPROVED");
  return templates.find((template) => template.name === name && template.language === language).id;
}
