// Says where two audits of one session differ: each rule's verdict and breaches,
// the devices, and what the service answered.
//
//   node compare.mjs A/result.json B/result.json
import { readFileSync } from "node:fs";

const facts = (file) => {
  const { audit, endpoints } = JSON.parse(readFileSync(file));
  const rules = audit.rules.map((r) => [r.id, `${r.verdict}, ${r.breaches} breaches on ${r.occasions} occasions`]);
  const answers = endpoints.map((e) => [e.endpoint, JSON.stringify(e.status)]);
  return new Map([["devices", String(audit.device_count)], ...rules, ...answers]);
};
const [a, b] = process.argv.slice(2, 4).map(facts);
let differences = 0;
for (const name of new Set([...a.keys(), ...b.keys()])) {
  if (a.get(name) === b.get(name)) continue;
  differences++;
  console.error(`${name}: ${a.get(name)} | ${b.get(name)}`);
}
const tally = {};
for (const value of a.values()) {
  const verdict = value.split(",")[0];
  if (/^[a-z-]+$/.test(verdict)) tally[verdict] = (tally[verdict] ?? 0) + 1;
}
console.log(`${differences} differences;`, JSON.stringify(tally));
process.exit(differences === 0 ? 0 : 1);
