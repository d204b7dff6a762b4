import type { Links, WireObject } from '@clinker/ovirt-api';
import type { SshPublicKey, UserOption } from './user-profile.entity';

/** A user's key as oVirt shows it. */
export const keyRepresentation = ({ id, accountId, content }: SshPublicKey, links: Links): WireObject => ({
  ...links.reference(`users/${accountId}/sshpublickeys`, id),
  content,
  user: links.reference('users', accountId),
});

/** What a user interface keeps for a user, as oVirt shows it. */
export const optionRepresentation = ({ id, accountId, name, content }: UserOption, links: Links): WireObject => ({
  ...links.reference(`users/${accountId}/options`, id),
  name,
  content,
  user: links.reference('users', accountId),
});
