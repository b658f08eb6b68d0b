// Plays an app that behaves badly in Chromium: a token for every call, a 429 that
// it does not wait after, polls that come too fast. Chromium records the session
// as session.har.
//
//   node session.mjs URL OUT.har
import { chromium } from "playwright-core";

const [url, out] = process.argv.slice(2);
if (!url || !out) {
  console.error("usage: node session.mjs URL OUT.har");
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // A container seldom allows Chromium its own sandbox. The page is ours.
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, recordHar: { path: out, content: "embed", mode: "full" } });
  const page = await context.newPage();
  // Any page of the address will do that is no error: calls from it are to its own origin.
  await page.goto(url + "/_sim/ledger");
  const statuses = await page.evaluate(session);
  await context.close();
  console.error("statuses:", statuses.join(" "));
  // Without a throttled call the session would not show what it is for.
  process.exitCode = statuses.includes(429) ? 0 : 1;
} finally {
  await browser.close();
}

// session runs inside the page.
async function session() {
  const statuses = [];
  const about = btoa(JSON.stringify({ primaryHardwareType: "Desktop", model: "PC", version: "1", osName: "Linux", osVersion: "6" }));
  const digest = btoa("0123456789abcdef0123456789abcdef");
  let token = "";
  const send = async (method, path, type, body, more = {}) => {
    const headers = { Accept: "application/json", "X-Device-Info": about, ...more };
    if (type) headers["Content-Type"] = type;
    const answer = await fetch(path, { method, headers, body });
    statuses.push(answer.status);
    const text = await answer.text();
    return answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : {};
  };
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const form = "application/x-www-form-urlencoded";
  const call = (method, path, type, body) =>
    send(method, "/api/v2/sp" + path, type, body, { Authorization: "Bearer " + token, "AP-Device-Identifier": "fingerprint " + digest });

  const client = await send("POST", "/o/client/register", "application/json", JSON.stringify({ software_statement: "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhcHAifQ.c2ln" }));
  const renew = async () => {
    const answer = await send("POST", "/o/client/token", form, new URLSearchParams({ client_id: client.client_id, client_secret: client.client_secret, grant_type: "client_credentials" }));
    token = answer.access_token ?? token;
  };
  await renew();
  await call("GET", "/configuration");
  for (let i = 0; i < 4; i++) {
    await renew();
    await call("GET", "/profiles");
  }
  await sleep(4000);
  const login = await call("POST", "/sessions", form, new URLSearchParams({ mvpd: "Cablevision", domainName: "sp.example", redirectUrl: "https://sp.example/" }));
  for (let i = 0; i < 3; i++) {
    await call("GET", "/profiles/code/" + login.code);
    await sleep(500);
  }
  await call("POST", "/decisions/authorize/Cablevision", "application/json", JSON.stringify({ resources: ["news"] }));
  // More than the burst, one upon the other.
  for (let i = 0; i < 14; i++) await call("GET", "/profiles");
  return statuses;
}
