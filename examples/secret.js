// A target of your own, with the software statement from a k6 secret, which k6
// redacts in its logs:
//   ./k6 run --secret-source=file=secrets.txt -e TARGET=https://sp.auth-staging.adobe.com examples/secret.js
// where secrets.txt holds a line statement=header.payload.signature.
// Without TARGET it runs against the embedded simulator and needs no secret.
import { Fleet } from 'k6/x/adobepass';
import { check } from 'k6';

const fleet = new Fleet(__ENV.TARGET
  ? { target: __ENV.TARGET, authorized: true, maxRps: 20, devices: 20, softwareStatement: { secret: 'statement' } }
  : { devices: 20 });

export const options = { vus: 2, iterations: 40, thresholds: { checks: ['rate==1'], adobepass_calls: ['count==40'] } };

export default function () {
  check(fleet.next().call('configuration'), { 'ok': (r) => r.ok });
}
