// A fleet as dcrbench run drives it: launches on the fleet's schedule, viewing
// sessions with their pauses, and relaunches, for as long as DURATION says. A VU
// drives one device at a time, so it takes a VU for every device that is awake.
//   ./k6 run -e FLEET=kick-off -e DEVICES=300 -e SEED=7 -e DURATION=30s scripts/fleet.js
//   dcrbench run kick-off --devices 300 --seed 7 --duration 30s     # comes to the same
import { Fleet, writeResult } from 'k6/x/adobepass';

const devices = parseInt(__ENV.DEVICES || '60');
const fleet = new Fleet({
  target: __ENV.TARGET, fleet: __ENV.FLEET || 'living-room', devices, seed: parseInt(__ENV.SEED || '1'),
  launch: __ENV.LAUNCH, duration: __ENV.DURATION || '20s', authorized: __ENV.AUTHORIZED === 'true',
});

export const options = {
  scenarios: {
    fleet: {
      executor: 'per-vu-iterations', vus: parseInt(__ENV.VUS || `${devices}`), iterations: 1,
      maxDuration: '24h', // the fleet ends by itself, when its time is over
    },
  },
  thresholds: {
    adobepass_registrations: ['count>0'],
    adobepass_call_failed: ['rate<0.01'],
    adobepass_findings: ['count==0'],
  },
};

export default function () {
  for (let device = fleet.launch(); device !== null; device = fleet.launch()) {
    do {
      device.session();
    } while (!device.done);
  }
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-fleet' });
}
