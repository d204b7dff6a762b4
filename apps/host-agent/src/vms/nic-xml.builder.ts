import type { NicDefinition } from '@clinker/agent-protocol';
import { fragment } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';
import { aliasOf } from './device.alias';

/** The XML of one interface: for hot plug and changes, and by the same function inside a domain. */
export function nicXml(nic: NicDefinition): string {
  const root = fragment();
  appendNic(root, nic);
  return root.toString({ prettyPrint: true });
}

/** Without a bridge it is a tap device that nobody has put anywhere: the guest sees an interface, and nothing behind it. */
export function appendNic(parent: XMLBuilder, { nicId, mac, model, bridge, linked, mtu }: NicDefinition): void {
  const element = parent.ele('interface', { type: bridge === null ? 'ethernet' : 'bridge' });
  element.ele('mac', { address: mac });
  if (bridge !== null) element.ele('source', { bridge });
  element.ele('model', { type: model });
  element.ele('link', { state: linked ? 'up' : 'down' });
  if (mtu !== null) element.ele('mtu', { size: String(mtu) });
  element.ele('alias', { name: aliasOf(nicId) });
}
