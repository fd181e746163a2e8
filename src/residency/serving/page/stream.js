// What the page asks of the server. Addresses are relative, so that the page may stand behind a path of a proxy.

export class Refused extends Error {
  constructor(message, status, wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait;
  }
}

async function refusal(response) {
  let said = "";
  try {
    const { error, detail } = await response.json();
    said = error?.message ?? error ?? detail ?? "";
  } catch {
    // no JSON: the status has to do
  }
  const wait = Number(response.headers.get("Retry-After")) || 0;
  if (response.status === 401) said = "You are not signed in. Open the link that the server printed when it started, whole.";
  if (response.status === 429 && wait) said = `Too many questions at once. Try again in ${wait} s.`;
  return new Refused(typeof said === "string" && said ? said : `The server says ${response.status}.`, response.status, wait);
}

export async function call(method, path, body, patience = 30000) {
  const sent = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { method, ...sent, signal: AbortSignal.timeout(patience) });
  } catch {
    throw new Refused("There is no connection to the server.", 0);
  }
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

export const search = (query, source, count = 5) => call("GET", `search?${new URLSearchParams({ q: query, count, source })}`);

// The events of one answer, as they come. Ending the loop, or the signal, ends the answer on the server too.
export async function* ask(body, signal) {
  const response = await fetch("assistant", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await refusal(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += (value ?? "").replaceAll("\r", ""); // JSON holds none
      const events = rest.split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
        if (data.trim() && data.trim() !== "[DONE]") yield JSON.parse(data);
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
