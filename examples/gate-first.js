// A gate before the load: no device starts against a service that does not answer
// as documented. Against a target the checks take real time, with the group thr half
// a minute and more, and k6 gives setup one minute unless setupTimeout says otherwise.
//   ./k6 run -e TARGET=http://127.0.0.1:18080 examples/gate-first.js
import { conformance, Fleet } from 'k6/x/adobepass';
import { check } from 'k6';
import exec from 'k6/execution';

const target = __ENV.TARGET;
const fleet = new Fleet({ target, fleet: 'well-behaved', devices: 20 });

export const options = {
  vus: 2, iterations: 40, setupTimeout: '10m',
  thresholds: { checks: ['rate==1'], adobepass_calls: ['count==40'] },
};

export function setup() {
  const report = conformance({ target, groups: ['reg', 'tok', 'thr'] });
  if (!report.ok) exec.test.abort(`${report.target} is ${report.status}: ${report.reasons.join('; ')}`);
}

export default function () {
  check(fleet.next().call('configuration'), { 'ok': (r) => r.ok });
}
