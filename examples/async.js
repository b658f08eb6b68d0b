// Many calls at a time from one VU. Every call in flight is a connection of its
// own: keep as many idle as there are calls, or each one opens a new one.
import { Fleet } from 'k6/x/adobepass';
import { check } from 'k6';

const fleet = new Fleet({ fleet: 'well-behaved', devices: 60 });

export const options = { vus: 3, iterations: 9, batchPerHost: 20, thresholds: { checks: ['rate==1'], adobepass_calls: ['count==180'] } };

export default async function () {
  const calls = [];
  for (let i = 0; i < 20; i++) calls.push(fleet.next().callAsync('configuration'));
  for (const res of await Promise.all(calls)) check(res, { 'ok': (r) => r.ok });
}
