// Smoke: a handful of devices, every path once. Seconds, not minutes.
//   ./k6 run scripts/smoke.js
//   ./k6 run -e TARGET=http://127.0.0.1:18080 scripts/smoke.js
import { Fleet, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';

const fleet = new Fleet({ target: __ENV.TARGET, fleet: 'well-behaved', devices: 10, authorized: __ENV.AUTHORIZED === 'true' });

export const options = {
  scenarios: { smoke: { executor: 'per-vu-iterations', vus: 2, iterations: 5, maxDuration: '1m' } },
  thresholds: {
    checks: ['rate==1'],
    adobepass_call_failed: ['rate==0'],
    adobepass_findings: ['count==0'],
    adobepass_throttled: ['count==0'],
    adobepass_calls: ['count>=20'],
  },
};

export default function () {
  const device = fleet.next();

  check(device.register(), { 'registers': (r) => r.ok });
  check(device.token(), { 'gets a token': (r) => r.ok });
  check(device.call('configuration'), { 'reads the configuration': (r) => r.ok && r.json() !== null });

  const session = device.call('sessions.create');
  check(session, { 'opens a session': (r) => r.ok && r.code !== '' });
  check(device.call('sessions.retrieve', { code: session.code }), {
    'reads the session back': (r) => r.ok,
    'reuses its token': (r) => r.tokenReused,
    'as documented': (r) => r.findings.length === 0,
  });
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-smoke' });
}
