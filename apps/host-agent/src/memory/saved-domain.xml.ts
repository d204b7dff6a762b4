import { AgentError } from '@clinker/agent-protocol';
import { create } from 'xmlbuilder2';
import { SEED_ALIAS } from '../vms/seed-xml.builder';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces';

const isElement = (name: string) => (one: XMLBuilder) => one.node.nodeName === name;

/** The elements of a document have attributes; the builder's type does not say so. */
interface WithAttributes {
  getAttribute(name: string): string | null;
}

const attribute = (element: XMLBuilder | undefined, name: string): string | undefined =>
  (element?.node as unknown as WithAttributes | undefined)?.getAttribute(name) ?? undefined;

const childOf = (element: XMLBuilder, name: string): XMLBuilder | undefined => element.find(isElement(name));

const devicesOf = (xml: XMLBuilder): XMLBuilder => {
  const devices = childOf(xml.root(), 'devices');
  if (!devices) throw new AgentError('internal', 'the domain has no devices');
  return devices;
};

const isSeed = (device: XMLBuilder): boolean => attribute(childOf(device, 'alias'), 'name') === SEED_ALIAS;

/** Devices of a kind, by their aliases; a seed is not the VM's. */
const devices = (xml: XMLBuilder, kind: string): Map<string, XMLBuilder> =>
  new Map(
    devicesOf(xml)
      .filter((device) => isElement(kind)(device) && !isSeed(device))
      .map((device) => [attribute(childOf(device, 'alias'), 'name') ?? '', device]),
  );

/**
 * The XML with which a guest goes on from its memory: the saved one, so that the guest finds every device where it was, and in it what the guest
 * does not see as it is now: where its disks' data are, to what its interfaces are bound, where its console is logged, and where its display listens.
 * @param saved with the memory
 * @param wanted of the VM as it would be started now
 * @throws AgentError `device_conflict` if the VM has other disks or interfaces now
 */
export function savedDomainXml(saved: string, wanted: string): string {
  const [then, now] = [create(saved), create(wanted)];
  emptySeed(then);
  for (const [kind, move] of Object.entries({ disk: moveDisk, interface: moveInterface })) {
    const [old, present] = [devices(then, kind), devices(now, kind)];
    refuseOthers(kind, [...old.keys()], [...present.keys()]);
    for (const [alias, device] of old) move(device, present.get(alias)!);
  }
  moveConsoles(devicesOf(then), devicesOf(now));
  moveDisplay(devicesOf(then), devicesOf(now));
  return then.end({ headless: true });
}

function refuseOthers(kind: string, then: readonly string[], now: readonly string[]): void {
  const same = then.length === now.length && then.every((alias) => now.includes(alias));
  if (same) return;
  throw new AgentError(
    'device_conflict',
    `the memory was saved of a VM with the ${kind}s ${then.join(' ') || 'none'}, and it has ${now.join(' ') || 'none'} now`,
  );
}

/** A guest that goes on was told everything: it keeps the drive, and the disc is gone. */
function emptySeed(then: XMLBuilder): void {
  const seed = devicesOf(then).find(isSeed);
  for (const name of ['source', 'backingStore']) if (seed) childOf(seed, name)?.remove();
}

/** Where the data are, with the key for them. */
function moveDisk(then: XMLBuilder, now: XMLBuilder): void {
  for (const name of ['source', 'auth', 'backingStore']) childOf(then, name)?.remove();
  const source = childOf(now, 'source');
  if (source) then.import(source);
}

/** On another host the network may be another bridge, or none. The host names its end anew. */
function moveInterface(then: XMLBuilder, now: XMLBuilder): void {
  then.att('type', attribute(now, 'type') ?? 'bridge');
  for (const name of ['source', 'target', 'link']) childOf(then, name)?.remove();
  for (const name of ['source', 'link']) {
    const part = childOf(now, name);
    if (part) then.import(part);
  }
}

function moveConsoles(then: XMLBuilder, now: XMLBuilder): void {
  const file = attribute(childOf(childOf(now, 'serial') ?? now, 'log'), 'file');
  if (file === undefined) return;
  for (const name of ['serial', 'console']) for (const one of then.filter(isElement(name))) childOf(one, 'log')?.att('file', file);
}

/** A display's passwords are not saved with the memory: only the display of now has a lock. */
function moveDisplay(then: XMLBuilder, now: XMLBuilder): void {
  for (const one of then.filter(isElement('graphics'))) one.remove();
  for (const one of now.filter(isElement('graphics'))) then.import(one);
}
