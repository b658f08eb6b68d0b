// Soak: tokens that expire while the test runs. The devices must notice before
// the service does: a 401 or a needless registration fails the test.
//   ./k6 run -e TOKEN_TTL=60s -e DURATION=1h scripts/soak.js
import { Fleet, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';

const devices = parseInt(__ENV.DEVICES || '40');
const fleet = new Fleet({
  target: __ENV.TARGET, fleet: 'well-behaved', devices,
  // A target of your own decides itself how long its tokens live.
  simulator: __ENV.TARGET ? undefined : { tokenTtl: __ENV.TOKEN_TTL || '5s' },
  authorized: __ENV.AUTHORIZED === 'true',
});

export const options = {
  scenarios: {
    soak: {
      executor: 'constant-arrival-rate', rate: parseInt(__ENV.RATE || '20'), timeUnit: '1s',
      duration: __ENV.DURATION || '20s', preAllocatedVUs: 10, maxVUs: 50,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    adobepass_reauthorizations: ['count==0'],
    adobepass_registrations: [`count<=${devices}`],
    // Each device needs a second token at least, when its first has expired.
    adobepass_tokens: __ENV.TARGET ? ['count>0'] : [`count>${devices}`],
    adobepass_throttled: ['count==0'],
    adobepass_findings: ['count==0'],
  },
};

export default function () {
  check(fleet.next().call('configuration'), { 'the token was live': (r) => r.ok });
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-soak', thresholds: ['token_reuse.expired_token_uses==0'] });
}
