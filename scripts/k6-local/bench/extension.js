// One register, one token and one call for each device, through the extension.
import { Fleet } from 'k6/x/adobepass';

const devices = parseInt(__ENV.DEVICES || '100000');
const fleet = new Fleet({ target: __ENV.TARGET, fleet: 'well-behaved', devices });

export const options = {
  scenarios: { once: { executor: 'shared-iterations', vus: 50, iterations: devices, maxDuration: '10m' } },
};

export default function () {
  fleet.next().call('configuration');
}
