// Steady load: a fixed number of calls per second from devices that keep their
// credentials and tokens, each asked again when its turn comes.
//   ./k6 run -e RATE=100 -e DURATION=5m scripts/steady.js
import { Fleet, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';

const rate = parseInt(__ENV.RATE || '50');
const fleet = new Fleet({
  target: __ENV.TARGET, fleet: 'well-behaved', devices: parseInt(__ENV.DEVICES || '200'),
  authorized: __ENV.AUTHORIZED === 'true',
});

export const options = {
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration: __ENV.DURATION || '15s',
      preAllocatedVUs: 100, maxVUs: 200,
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    adobepass_calls: ['count>0'],
    adobepass_throttled: ['count==0'],
    adobepass_call_failed: ['rate<0.01'],
    adobepass_findings: ['count==0'],
    // The first call of each device needs a token of its own; the others reuse it.
    adobepass_token_reused: ['rate>0.5'],
    'adobepass_call_duration{operation:configuration}': ['p(99)<500'],
    // What this machine could not make in time: at most one in twenty.
    dropped_iterations: [`rate<${rate / 20}`],
  },
};

export default function () {
  const res = fleet.next().call('configuration');
  check(res, { 'answered as documented': (r) => r.ok && r.findings.length === 0 });
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-steady' });
}
