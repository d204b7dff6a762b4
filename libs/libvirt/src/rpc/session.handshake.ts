import { LibvirtConnectionError } from '../libvirt.errors';
import { eventKinds } from '../protocol/event.table';
import { connectionProcedures } from '../protocol/remote.procedures';
import { RpcSession } from './rpc.session';

/** Ways to authenticate that libvirt may ask for (`remote_auth_type`). */
const Authentication = { none: 0, polkit: 2 } as const;

/** `VIR_DRV_FEATURE_PROGRAM_KEEPALIVE`: asking for it tells libvirt that we answer its pings, too. */
const KEEPALIVE_FEATURE = 10;

/** What stands before the first call, in the order that libvirt's own client keeps: authenticate, keepalive, open, events. */
export async function shakeHands(session: RpcSession, uri: string): Promise<void> {
  await authenticate(session);
  if ((await session.call(connectionProcedures.supportsFeature, KEEPALIVE_FEATURE)) !== 0) session.startKeepalive();
  await session.call(connectionProcedures.open, { uri, flags: 0 });
  await Promise.all(eventKinds.map(({ eventId }) => session.call(connectionProcedures.registerDomainEvent, { eventId, domain: null })));
}

async function authenticate(session: RpcSession): Promise<void> {
  const offered = await session.call(connectionProcedures.authList, undefined);
  if (offered.length === 0 || offered.includes(Authentication.none)) return;
  if (!offered.includes(Authentication.polkit)) {
    throw new LibvirtConnectionError('authentication', 'libvirt asks for SASL on this socket, which is not supported', false);
  }
  await session.call(connectionProcedures.authPolkit, undefined);
}
