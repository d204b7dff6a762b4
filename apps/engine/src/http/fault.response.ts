import { type Fault, toJson, toXml, type WireObject } from '@clinker/ovirt-api';
import type { Response } from 'express';

const TYPES = { xml: 'application/xml', json: 'application/json' } as const;

/** Sends a document in the form that the client asked for. */
export function sendDocument(
  response: Response,
  format: 'xml' | 'json',
  status: number,
  document: { element: string; body: WireObject },
): void {
  const text = format === 'json' ? toJson(document.element, document.body) : toXml(document.element, document.body);
  response.status(status).setHeader('Content-Type', `${TYPES[format]};charset=UTF-8`).end(text);
}

/** Sends oVirt's fault. */
export function sendFault(response: Response, format: 'xml' | 'json', status: number, { reason, detail }: Fault): void {
  sendDocument(response, format, status, { element: 'fault', body: { detail, reason } });
}
