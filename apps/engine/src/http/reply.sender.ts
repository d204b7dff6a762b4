import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { FollowService } from '../follow/follow.service';
import { VisibleLists } from '../permissions/visible-lists';
import { type ApiRequest, type WithApi, wholeNumber } from './api-request';
import { sendDocument, sendFile } from './fault.response';
import type { Reply } from './reply';

/** At most `max` objects of a list, of those that its caller sees. Searches have counted already. @throws InvalidInputError for another `max` */
function atMost(body: WireObject, api: ApiRequest): WireObject {
  const [only, ...others] = Object.entries(body);
  if (!only || others.length > 0 || !Array.isArray(only[1])) return body;
  const [item, list] = only;
  const max = wholeNumber(api, 'max') ?? Infinity;
  return list.length > max ? { [item]: list.slice(0, max) } : body;
}

/** Sends a controller's {@link Reply}, without what its caller does not see, and with what he wants to be inlined. */
@Injectable()
export class ReplySender {
  constructor(
    private readonly lists: VisibleLists,
    private readonly links: FollowService,
  ) {}

  /** @throws MalformedDocument, InvalidInputError for what is asked to be inlined, or how much of a list */
  async send(response: Response, api: ApiRequest, reply: Reply): Promise<void> {
    if (reply.file) return sendFile(response, reply.file);
    const { method, protocol, headers } = response.req as WithApi;
    const seen = await this.lists.narrow(reply.body, api.viewer);
    const body = method === 'GET' ? await this.links.apply(atMost(seen, api), api) : seen;
    if (reply.location) response.setHeader('Location', `${protocol}://${headers.host ?? ''}${reply.location}`);
    sendDocument(response, api.format, reply.status, { element: reply.element, body });
  }
}
