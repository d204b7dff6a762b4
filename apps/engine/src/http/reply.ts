import type { WireObject } from '@clinker/ovirt-api';
import type { FileType } from './file.requests';

/** What a controller answers; the interceptor renders it in the client's format. */
export interface Reply {
  /** The root element, e.g. `disk`. */
  readonly element: string;
  readonly body: WireObject;
  readonly status: 200 | 201 | 202;
  /** The address of a new object. */
  readonly location?: string;
  /** What is sent in the place of the document. */
  readonly file?: { readonly type: FileType; readonly text: string };
}

/** An object or collection that was read or changed. */
export const ok = (element: string, body: WireObject): Reply => ({ element, body, status: 200 });

/** The file that the client asked for. */
export const fileOf = (type: FileType, text: string): Reply => ({ element: '', body: {}, status: 200, file: { type, text } });

/** A new object; its href becomes the Location. */
export const created = (element: string, body: WireObject): Reply => ({ element, body, status: 201, ...location(body) });

/** A new object on which an operation still works; the body says so in `creation_status`. */
export const accepted = (element: string, body: WireObject): Reply => ({
  element,
  body: { ...body, creation_status: 'in_progress' },
  status: 202,
  ...location(body),
});

/** The answer to an action: complete, or pending with the job that does it. */
export const action = (jobHref: { id: string; href: string } | null, status: 'complete' | 'pending', status202 = false): Reply => ({
  element: 'action',
  body: { ...(jobHref ? { job: { ...jobHref } } : {}), status },
  status: status202 ? 202 : 200,
});

/** The same answer, which tells this as well. */
export const withMembers = (reply: Reply, members: WireObject): Reply => ({ ...reply, body: { ...reply.body, ...members } });

const location = (body: WireObject): { location?: string } => (typeof body['href'] === 'string' ? { location: body['href'] } : {});
