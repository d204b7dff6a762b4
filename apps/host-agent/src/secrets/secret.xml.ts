import type { SecretDefinition } from '@clinker/agent-protocol';
import { create } from 'xmlbuilder2';

/** libvirt's definition of a secret that lives in memory only (ephemeral) and is never read back (private). */
export function secretXml(secret: Pick<SecretDefinition, 'uuid' | 'usageType' | 'usageName' | 'description'>): string {
  const root = create({ invalidCharReplacement: '_' }).ele('secret', { ephemeral: 'yes', private: 'yes' });
  root.ele('uuid').txt(secret.uuid);
  if (secret.description) root.ele('description').txt(secret.description);
  root.ele('usage', { type: secret.usageType }).ele('name').txt(secret.usageName);
  return root.end({ headless: true });
}
