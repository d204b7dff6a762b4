/**
 * NATS subjects. A host is addressed by its name; its nkey lets it use only its own subjects, so a subject proves the sender.
 *
 * engine -> host   `clinker.host.<name>.<command>`   request, answered within {@link ANSWER_WITHIN_MS} (see commands.ts)
 * host -> engine   `clinker.engine.<name>.<notice>`  request or plain publication (see notices.ts)
 */
const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** A host answers a command within this time (ms), if need be with `in_progress`; the engine gives up a little later. */
export const ANSWER_WITHIN_MS = 5_000;

/** How long (ms) the engine waits for an answer before it calls the host unreachable. */
export const ENGINE_PATIENCE_MS = 8_000;

/** Header of every request: oVirt's correlation id, for logs on both sides. */
export const CORRELATION_HEADER = 'Correlation-Id';

/** True for a name that can be part of a subject. */
export const isHostName = (name: string): boolean => HOST_NAME.test(name);

const checked = (hostName: string): string => {
  if (!isHostName(hostName)) throw new Error(`'${hostName}' is not a host name: letters, digits, '-' and '_', 63 at most`);
  return hostName;
};

/** Where a host listens for one command. */
export const commandSubject = (hostName: string, command: string): string => `clinker.host.${checked(hostName)}.${command}`;

/** Where the engine listens for one notice; `*` as host name means every host. */
export const noticeSubject = (hostName: string, notice: string): string =>
  `clinker.engine.${hostName === '*' ? '*' : checked(hostName)}.${notice}`;

/** The host name in a notice's subject. */
export const hostOfNotice = (subject: string): string => subject.split('.')[2] ?? '';

/** Inboxes are private too: each side listens below its own prefix. */
export const inboxPrefix = (who: 'engine' | { host: string }): string =>
  who === 'engine' ? '_INBOX.engine' : `_INBOX.${checked(who.host)}`;
