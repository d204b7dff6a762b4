import type { Links, WireObject } from '@clinker/ovirt-api';
import { type Reply, action, fileOf, withMembers } from '../http/reply';
import type { ConsoleTicket } from './console-tickets.service';
import { remoteViewerFile } from './remote-viewer.file';
import { type VmConsole, consoleId } from './vm-consoles.service';

export const CONSOLE_ACTIONS = ['proxyticket', 'remoteviewerconnectionfile', 'ticket'];

export function consoleRepresentation(vmId: string, { protocol, address }: VmConsole, links: Links): WireObject {
  const identity = links.reference(`vms/${vmId}/graphicsconsoles`, consoleId(protocol));
  return { ...identity, actions: links.actions(identity.href, CONSOLE_ACTIONS), ...address, protocol, vm: links.reference('vms', vmId) };
}

const completed = (members: WireObject): Reply => withMembers(action(null, 'complete'), members);

export const ticketReply = ({ password, validForS }: ConsoleTicket): Reply => completed({ ticket: { value: password, expiry: validForS } });

export const fileReply = (ticket: ConsoleTicket): Reply => completed({ remote_viewer_connection_file: remoteViewerFile(ticket) });

/** The file as it is, without a document around it. */
export const viewerFileReply = (ticket: ConsoleTicket): Reply => fileOf('application/x-virt-viewer', remoteViewerFile(ticket));
