// The smallest test of the extension: it needs no server and no environment.
import { Fleet, operations } from 'k6/x/adobepass';
import { check } from 'k6';

const fleet = new Fleet({ devices: 3 });

export const options = { vus: 1, iterations: 3, thresholds: { checks: ['rate==1'], adobepass_calls: ['count==3'] } };

export default function () {
  const res = fleet.next().call('configuration');
  check(res, {
    'answers': (r) => r.status === 200 && r.ok,
    'as documented': (r) => r.findings.length === 0,
    'not throttled': (r) => !r.throttled,
  });
  check(operations, { 'has 15 operations': (o) => o.length === 15 });
}
