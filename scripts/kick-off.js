// Kick-off: most of the fleet starts its app within seconds of the match, each
// device with a whole viewing session. The launches follow a schedule, whatever
// the service answers; a VU drives one device at a time.
//   ./k6 run -e DEVICES=2000 -e VUS=800 scripts/kick-off.js
import { Fleet, writeResult } from 'k6/x/adobepass';

const devices = parseInt(__ENV.DEVICES || '150');
const fleet = new Fleet({
  target: __ENV.TARGET, fleet: 'kick-off', devices,
  launch: __ENV.LAUNCH || 'spike:base=2,at=3s,width=2s,share=0.7',
  authorized: __ENV.AUTHORIZED === 'true',
});

export const options = {
  scenarios: {
    kickoff: {
      executor: 'per-vu-iterations', vus: parseInt(__ENV.VUS || '150'), iterations: 1,
      maxDuration: __ENV.DURATION || '25s', gracefulStop: '5s',
    },
  },
  thresholds: {
    adobepass_registrations: ['count>0'],
    adobepass_call_failed: ['rate<0.01'],
    adobepass_findings: ['count==0'],
    'adobepass_call_duration{operation:register}': ['p(95)<1000'],
    'adobepass_call_duration{operation:token}': ['p(95)<1000'],
  },
};

export default function () {
  for (let device = fleet.launch(); device !== null; device = fleet.launch()) {
    device.session();
  }
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-kick-off' });
}
