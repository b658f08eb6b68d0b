// What the declarations must refuse: each line below a marker is an error, and
// the check fails when one of them is not.
import { conformance, Fleet, type Device } from 'k6/x/adobepass';

// @ts-expect-error an option that does not exist
new Fleet({ device: 5 });
// @ts-expect-error a number is wanted
new Fleet({ devices: '5' });

declare const device: Device;
// @ts-expect-error an operation that does not exist
device.call('configuraton');
// @ts-expect-error a parameter that the operation does not take
device.call('configuration', { mvpd: 'Cablevision' });
// @ts-expect-error the code is missing
device.call('sessions.retrieve');
// @ts-expect-error resources are a list
device.call('decisions.authorize', { resources: 'REF30' });
// @ts-expect-error devices cannot be changed
device.index = 3;
// @ts-expect-error results have no such property
device.call('configuration').throtled;

// @ts-expect-error a group is a member of a list
conformance({ groups: 'reg' });
// @ts-expect-error a level that does not exist
conformance({ levels: ['maybe'] });
// @ts-expect-error results cannot be changed
conformance().ok = true;
