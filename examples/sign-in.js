// A viewer signs in step by step, and watches: what device.session() does by
// itself, written out.
import { Fleet } from 'k6/x/adobepass';
import { check, sleep } from 'k6';

const fleet = new Fleet({ fleet: 'well-behaved', devices: 5, simulator: { loginDelay: '1s' } });

export const options = { vus: 5, iterations: 5, thresholds: { checks: ['rate==1'], adobepass_calls: ['count>0'] } };

export default function () {
  const device = fleet.next();
  const { code } = device.call('sessions.create');
  device.call('authenticate', { code }); // the viewer's browser, on a phone

  let profiles = 0;
  for (let i = 0; i < 10 && profiles === 0; i++) {
    sleep(1);
    profiles = Object.keys(device.call('profiles.code', { code }).json()?.profiles ?? {}).length;
  }

  check(profiles, { 'has a profile': (n) => n > 0 });
  const res = device.call('decisions.authorize', { resources: ['REF30'] });
  check(res, { 'has a decision': (r) => r.ok && r.json().decisions.length === 1 });
}
