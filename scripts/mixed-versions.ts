// Mixed app versions: a fleet in which a few devices still run the old app, which
// registers at every launch, fetches a token for every call and hurries when it is
// told to wait. What does it cost the others?
//   ./k6 run -e DEVICES=300 -e VUS=300 scripts/mixed-versions.ts
import { Fleet, writeResult, type SessionResult } from 'k6/x/adobepass';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';

const devices: number = parseInt(__ENV.DEVICES || '60');
const fleet = new Fleet({
  target: __ENV.TARGET,
  fleet: 'living-room',
  devices,
  launch: `constant:${Math.max(1, devices / 10)}`,
  authorized: __ENV.AUTHORIZED === 'true',
});

const sessions = new Counter('sessions');

export const options: Options = {
  scenarios: {
    evening: {
      executor: 'per-vu-iterations',
      vus: parseInt(__ENV.VUS || `${devices}`),
      iterations: 1,
      maxDuration: __ENV.DURATION || '25s',
      gracefulStop: '5s',
    },
  },
  thresholds: {
    // The current app keeps its tokens; the old one does not, and is let off here.
    'adobepass_token_reused{profile:roku}': ['rate>0.5'],
    'adobepass_token_reused{profile:fire-tv}': ['rate>0.5'],
    adobepass_call_failed: ['rate<0.01'],
    adobepass_findings: ['count==0'],
    sessions: ['count>0'],
  },
};

export default function (): void {
  for (let device = fleet.launch(); device !== null; device = fleet.launch()) {
    const version: string = device.profile.endsWith('-v4') ? 'old' : 'current';
    const evening: SessionResult = device.session();
    sessions.add(1, { version, completed: String(evening.completed) });
  }
}

export function handleSummary(data: unknown): void {
  writeResult(data, { out: __ENV.OUT || 'dcrbench-out/k6-mixed-versions' });
}
