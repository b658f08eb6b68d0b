// Conformance gate: fails the pipeline when the service does not answer as
// documented. It runs what dcrbench check runs and gates on the verdicts.
//   ./k6 run scripts/conformance-gate.js
//   ./k6 run -e TARGET=http://127.0.0.1:18080 -e GROUPS=reg,tok scripts/conformance-gate.js
// FAULT=reg.status-201 breaks the embedded simulator, to see the gate close.
import { conformance, writeResult } from 'k6/x/adobepass';
import { check } from 'k6';
import { Counter } from 'k6/metrics';

const verdicts = new Counter('conformance_verdicts');
const failed = new Counter('conformance_failed');

export const options = {
  scenarios: { gate: { executor: 'shared-iterations', vus: 1, iterations: 1, maxDuration: __ENV.DURATION || '10m' } },
  thresholds: {
    checks: ['rate==1'],
    conformance_failed: ['count==0'],
    conformance_verdicts: ['count>0'],
    'conformance_verdicts{verdict:PASS}': ['count>0'],
  },
};

export default function () {
  const report = conformance({
    target: __ENV.TARGET,
    authorized: __ENV.AUTHORIZED === 'true',
    // Everything but the throttle, which takes its minutes in real time.
    groups: (__ENV.GROUPS || 'reg,tok,ss,api,v2,session,authenticate,profile,decision,logout,partner,err').split(','),
    simulator: __ENV.FAULT ? { faults: [__ENV.FAULT] } : undefined,
  });

  failed.add(0); // a counter that never fired is not in the summary
  for (const c of report.checks) {
    verdicts.add(1, { group: c.group, verdict: c.verdict });
    if (c.verdict === 'FAIL' && !c.expected) {
      failed.add(1, { group: c.group });
      console.error(`${c.id} (${c.level}): ${c.message}`);
    }
  }
  check(report, { 'answers as documented': (r) => r.ok });
  console.log(`${report.target}: ${report.status}; ${report.reasons.join('; ')}`);
}

export function handleSummary(data) {
  return writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-conformance' });
}
