import { type Bytes, type Fault, toJson, toXmlBytes, type WireObject } from '@clinker/ovirt-api';
import type { Response } from 'express';

const TYPES = { xml: 'application/xml', json: 'application/json' } as const;

/** Sends a document in the form that the client asked for. */
export function sendDocument(
  response: Response,
  format: 'xml' | 'json',
  status: number,
  document: { element: string; body: WireObject },
): void {
  const { element, body } = document;
  response.status(status).setHeader('Content-Type', `${TYPES[format]};charset=UTF-8`);
  if (format === 'json') return void response.end(toJson(element, body));
  sendPieces(response, toXmlBytes(element, body));
}

function sendPieces(response: Response, { pieces, length, release }: Bytes): void {
  response.once('finish', release).setHeader('Content-Length', length);
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

/** Sends a text as the file that the client asked for. */
export const sendFile = (response: Response, { type, text }: { readonly type: string; readonly text: string }): void =>
  void response.status(200).setHeader('Content-Type', `${type};charset=UTF-8`).end(text);

/** Sends oVirt's fault. */
export function sendFault(response: Response, format: 'xml' | 'json', status: number, { reason, detail }: Fault): void {
  sendDocument(response, format, status, { element: 'fault', body: { detail, reason } });
}
