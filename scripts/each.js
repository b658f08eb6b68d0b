// Each device of the fleet once: a registration, a token and a call. With several
// instances each drives the devices that live there:
//   ./k6 run -e DEVICES=1000 scripts/each.js
//   go run ./scripts/k6-local -n 3 scripts/each.js -e DEVICES=9999 -e TARGET=http://127.0.0.1:18080
import { Fleet, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';
import exec from 'k6/execution';

const devices = parseInt(__ENV.DEVICES || '300');
const fleet = new Fleet({
  target: __ENV.TARGET, fleet: 'well-behaved', devices, seed: parseInt(__ENV.SEED || '1'),
  authorized: __ENV.AUTHORIZED === 'true',
});

export const options = {
  scenarios: {
    once: { executor: 'per-vu-iterations', vus: parseInt(__ENV.VUS || '12'), iterations: 1, maxDuration: __ENV.DURATION || '10m' },
  },
  thresholds: {
    checks: ['rate==1'],
    adobepass_calls: ['count>0'],
    adobepass_findings: ['count==0'],
  },
};

export default function () {
  // The VUs of an instance share its devices.
  const vus = exec.instance.vusInitialized;
  for (let i = fleet.shard.from + exec.vu.idInInstance - 1; i < fleet.shard.to; i += vus) {
    check(fleet.at(i).call('configuration', { retry: true }), { 'answered': (r) => r.ok });
  }
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-each' });
}
