import { list, reference, wireObject, wireString, wireUuid } from '@clinker/ovirt-api';
import { z } from 'zod';
import { enclosedDisk } from '../disks/disk.input';
import { objectName } from '../http/object-name.input';
import { vmSettings } from '../vms/vm.input';

/** oVirt's limits of a template's and of a version's name. */
const MAX_NAME = 255;
const MAX_VERSION_NAME = 255;

const versionName = wireString.max(MAX_VERSION_NAME);

/** The VM that a template is made of, with the disks to copy and their names; all of its disks unless some are named. */
const source = wireObject({
  id: wireUuid.optional(),
  name: wireString.min(1).optional(),
  disk_attachments: list('disk_attachment', wireObject({ disk: enclosedDisk })).optional(),
  snapshots: list('snapshot', wireObject({ id: wireUuid.pipe(z.uuid()) })).optional(),
});

/** A new template of a VM, or a new version of one. */
export const newTemplate = wireObject({
  ...vmSettings,
  name: objectName(MAX_NAME),
  cluster: reference.optional(),
  vm: source.optional(),
  version: wireObject({ version_name: versionName.optional(), base_template: reference.optional() }).optional(),
});

/** A change of a template; what is not given stays. */
export const changedTemplate = wireObject({
  ...vmSettings,
  name: objectName(MAX_NAME).optional(),
  version: wireObject({ version_name: versionName.optional() }).optional(),
});

export type NewTemplate = z.output<typeof newTemplate>;
export type ChangedTemplate = z.output<typeof changedTemplate>;
