// Throttle probe: one device without a limiter of its own asks until it is
// refused, waits as the vendor asks of every client, and goes on. It shows how
// many requests a cold device gets and whether a second is enough.
// It provokes refusals on purpose: one device, one VU.
import { Fleet, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';
import { Counter } from 'k6/metrics';

const fleet = new Fleet({
  target: __ENV.TARGET, profiles: open('./throttle-probe.yaml'), devices: 1,
  authorized: __ENV.AUTHORIZED === 'true',
});
const admitted = new Counter('admitted_before_429');

export const options = {
  scenarios: { probe: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '1m' } },
  thresholds: {
    checks: ['rate==1'],
    // The documented limit is one request a second with a burst of ten: eleven at once.
    admitted_before_429: __ENV.TARGET ? ['count>0'] : ['count==11'],
    adobepass_throttled: ['count>=1', 'count<=4'],
    adobepass_findings: ['count==0'],
  },
};

export default function () {
  const device = fleet.next();
  device.register();
  device.token();

  let n = 2; // a registration and a token are throttled like any call
  let res = device.call('configuration');
  for (; res.ok && n < 60; n++) res = device.call('configuration');
  admitted.add(n);
  check(res, {
    'is refused in the end': (r) => r.throttled && r.status === 429,
    'waits at least a second': (r) => r.readyIn >= 900,
  });

  // The device waits by itself before it asks again.
  res = device.call('configuration');
  check(res, { 'is served after its wait': (r) => r.ok, 'has waited': (r) => r.waited >= 900 });
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-throttle-probe' });
}
