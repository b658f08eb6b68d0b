// The same three steps as cycle.yaml, with k6/http: a k6 user's own script.
import http from 'k6/http';

const base = __ENV.TARGET;
const arrivals = __ENV.RATE
  ? { arrivals: { executor: 'constant-arrival-rate', rate: Number(__ENV.RATE), timeUnit: '1s', duration: __ENV.DURATION, preAllocatedVUs: 256, maxVUs: 1024, exec: 'one' } }
  : { cycle: { executor: 'constant-vus', vus: 64, duration: __ENV.DURATION } };

export const options = { scenarios: arrivals, insecureSkipTLSVerify: true, summaryTrendStats: ['med', 'p(99)'] };

export default function () {
  const registered = http.post(`${base}/o/client/register`, JSON.stringify({ software_statement: 'e30.e30.e30' }), { headers: { 'Content-Type': 'application/json' } }).json();
  const token = http.post(`${base}/o/client/token`, { grant_type: 'client_credentials', client_id: registered.client_id, client_secret: registered.client_secret }).json();
  http.get(`${base}/api/v2/bench/configuration`, { headers: { Authorization: `Bearer ${token.access_token}` } });
}

export function one() {
  http.get(`${base}/arrive`);
}
