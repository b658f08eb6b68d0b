// The first script: a thousand devices against the embedded simulator.
//   ./k6 run examples/first.js
import { Fleet } from 'k6/x/adobepass';
import { check, sleep } from 'k6';

const fleet = new Fleet({ fleet: 'living-room', devices: 1000, seed: 7 });

export const options = { vus: 10, duration: '5s', thresholds: { adobepass_calls: ['count>0'], adobepass_findings: ['count==0'] } };

export default function () {
  const device = fleet.next();
  const res = device.call('configuration');
  check(res, {
    'not throttled': (r) => !r.throttled,
    'as documented': (r) => r.findings.length === 0,
  });
  sleep(0.1); // ten VUs at full speed would ask each device more often than it may ask
}
