// The same flow by hand with k6/http: what a script has to do without the
// extension to show the same: a device's identity, one of eleven profiles, the
// reaction to a refusal, and the same metrics.
import http from 'k6/http';
import crypto from 'k6/crypto';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const devices = parseInt(__ENV.DEVICES || '100000');
const target = __ENV.TARGET;
const info = 'eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJUViA1dGggR2VuIiwidmVuZG9yIjoiQXBwbGUiLCJvc05hbWUiOiJ0dk9TIn0=';

const calls = new Counter('hand_calls');
const registrations = new Counter('hand_registrations');
const tokens = new Counter('hand_tokens');
const throttled = new Counter('hand_throttled');
const reauthorizations = new Counter('hand_reauthorizations');
const callFailed = new Rate('hand_call_failed');
const tokenReused = new Rate('hand_token_reused');
const callDuration = new Trend('hand_call_duration', true);
const seen = new Gauge('hand_devices');

export const options = {
  scenarios: { once: { executor: 'shared-iterations', vus: 50, iterations: devices, maxDuration: '10m' } },
};

http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 401, 429));

export function setup() {
  return { statement: http.get(`${target}/_sim/software-statement`).body.trim() };
}

function note(res, operation, profile, expected) {
  const ok = res.status === expected;
  const tags = { operation, profile, outcome: ok ? 'ok' : res.status === 429 ? 'throttled' : 'failed' };
  callDuration.add(res.timings.duration, tags);
  callFailed.add(!ok && res.status !== 429 && res.status !== 401, tags);
  if (res.status === 429) throttled.add(1, tags);
  if (res.status === 401) reauthorizations.add(1, tags);
  return ok;
}

export default function (data) {
  const i = exec.scenario.iterationInTest;
  const profile = `profile-${i % 11}`;
  seen.add(i + 1);
  const identifier = 'fingerprint ' + encoding.b64encode(crypto.sha256(`${profile}/1/${i}`, 'hex'));
  const headers = {
    Accept: 'application/json', 'X-Device-Info': info, 'User-Agent': 'bench',
    'X-Forwarded-For': `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
  };

  let res = http.post(`${target}/o/client/register`, JSON.stringify({ software_statement: data.statement }),
    { headers: Object.assign({ 'Content-Type': 'application/json' }, headers), redirects: 0, tags: { name: '/o/client/register' } });
  if (!note(res, 'register', profile, 201)) return;
  registrations.add(1, { profile, operation: 'register' });
  const client = res.json();

  res = http.post(`${target}/o/client/token`,
    { client_id: client.client_id, client_secret: client.client_secret, grant_type: 'client_credentials' },
    { headers, redirects: 0, tags: { name: '/o/client/token' } });
  if (!note(res, 'token', profile, 201)) return;
  tokens.add(1, { profile, operation: 'token' });
  const token = res.json();

  res = http.get(`${target}/api/v2/REF30/configuration`, {
    headers: Object.assign({ Authorization: `Bearer ${token.access_token}`, 'AP-Device-Identifier': identifier }, headers),
    redirects: 0, tags: { name: '/api/v2/{serviceProvider}/configuration' },
  });
  note(res, 'configuration', profile, 200);
  calls.add(1, { profile, operation: 'configuration' });
  tokenReused.add(false, { profile, operation: 'configuration' });
}
