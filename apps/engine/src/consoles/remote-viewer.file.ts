import type { ConsoleTicket } from './console-tickets.service';

/** Control characters would end the line, and begin another setting. */
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

/** A file that virt-viewer's `remote-viewer` opens (its format: man remote-viewer, "CONNECTION FILE"). It deletes it at once. */
export const remoteViewerFile = ({ vmName, address, port, password, validForS }: ConsoleTicket): string =>
  [
    '[virt-viewer]',
    'type=vnc',
    `host=${address}`,
    `port=${port}`,
    `password=${password}`,
    `# Password is valid for ${validForS} seconds.`,
    'delete-this-file=1',
    'fullscreen=0',
    `title=${oneLine(vmName)}:%d`,
    'toggle-fullscreen=shift+f11',
    'release-cursor=shift+f12',
    'secure-attention=ctrl+alt+end',
    '',
  ].join('\n');
