import { reference, wireEnum, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';
import { unappliedClusterCpu, unappliedClusterSettings } from './cluster.unapplied';

/** oVirt's limit of a cluster's name. */
const MAX_NAME = 40;

/** oVirt's architectures of which we run VMs; `undefined` is what oVirt shows before a cluster has a host. */
export const architecture = wireEnum(['x86_64', 'undefined'], 'Architecture');

const settable = {
  ...unappliedClusterSettings,
  description: objectText.optional(),
  comment: objectText.optional(),
  mac_pool: reference.optional(),
  cpu: wireObject({ ...unappliedClusterCpu, architecture: architecture.optional() }).optional(),
};

export const newCluster = wireObject({ name: objectName(MAX_NAME), data_center: reference, ...settable });
/** Below its data center, which the body needs not tell. */
export const newClusterBelow = wireObject({ name: objectName(MAX_NAME), ...settable });
export const changedCluster = wireObject({ name: objectName(MAX_NAME).optional(), data_center: reference.optional(), ...settable });

export type NewCluster = z.output<typeof newCluster>;
export type NewClusterBelow = z.output<typeof newClusterBelow>;
export type ChangedCluster = z.output<typeof changedCluster>;
