import { list, reference, wireBoolean, wireEnum, wireInteger, wireObject, wireUuid } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { type UnappliedSettings, flag, many, pickedMembers, text } from '../http/unapplied.settings';

/** oVirt's limits: a network's name has at most 256 characters, a profile's 50; the largest VLAN tag; the largest MTU (bytes). */
const MAX_NETWORK_NAME = 256;
const MAX_PROFILE_NAME = 50;
const MAX_VLAN = 4094;
const MAX_MTU = 65_535;

const USAGES = ['vm', 'display', 'migration', 'management', 'default_route', 'gluster'] as const;

const network = {
  description: objectText.optional(),
  comment: objectText.optional(),
  mtu: wireInteger({ max: MAX_MTU }).optional(),
  stp: wireBoolean.optional(),
  usages: list('usage', wireEnum(USAGES, 'NetworkUsage')).optional(),
  vlan: wireObject({ id: wireInteger({ max: MAX_VLAN }).optional() }).optional(),
};

/** A network that is added below a data center names none. */
export const newNetworkHere = wireObject({
  ...network,
  name: objectName(MAX_NETWORK_NAME),
  data_center: reference.optional(),
  profile_required: wireBoolean.optional(),
});
export const newNetwork = wireObject({
  ...network,
  name: objectName(MAX_NETWORK_NAME),
  data_center: reference,
  profile_required: wireBoolean.optional(),
});
export const changedNetwork = wireObject({
  ...network,
  name: objectName(MAX_NETWORK_NAME).optional(),
  data_center: reference.optional(),
});

/** Members of a profile by which libvirt would filter what its interfaces send. */
const unappliedProfileSettings = {
  custom_properties: many('custom_property', wireObject({ name: text, regexp: text, value: text })),
  migratable: flag,
  network_filter: wireObject({ id: wireUuid.optional(), name: text }).optional(),
};

const profile = {
  ...unappliedProfileSettings,
  description: objectText.optional(),
  comment: objectText.optional(),
  port_mirroring: wireBoolean.optional(),
  pass_through: wireObject({ mode: wireEnum(['disabled', 'enabled'], 'VnicPassThroughMode').optional() }).optional(),
};

export const newVnicProfile = wireObject({ ...profile, name: objectName(MAX_PROFILE_NAME), network: wireObject({ id: wireUuid }) });
export const newVnicProfileHere = wireObject({ ...profile, name: objectName(MAX_PROFILE_NAME) });
export const changedVnicProfile = wireObject({
  ...profile,
  name: objectName(MAX_PROFILE_NAME).optional(),
  network: wireObject({ id: wireUuid.optional() }).optional(),
});

export type NewNetwork = z.output<typeof newNetwork>;
export type NewNetworkHere = z.output<typeof newNetworkHere>;
export type ChangedNetwork = z.output<typeof changedNetwork>;
export type NewVnicProfile = z.output<typeof newVnicProfile>;
export type NewVnicProfileHere = z.output<typeof newVnicProfileHere>;
export type ChangedVnicProfile = z.output<typeof changedVnicProfile>;

/** The unapplied settings that a profile has after a request. A filter without an id is none. */
export const unappliedOfProfile = (now: UnappliedSettings, asked: ChangedVnicProfile): UnappliedSettings => ({
  ...now,
  ...pickedMembers(asked, Object.keys(unappliedProfileSettings)),
});
